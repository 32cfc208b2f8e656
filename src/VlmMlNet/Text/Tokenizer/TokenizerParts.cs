using System.Text.Json;
using System.Text.RegularExpressions;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>The small parts of a tokenizer.json, kept as JSON text so that they are written back as they were read.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The parts of Qwen2's tokenizer.</summary>
    public static readonly TokenizerParts Qwen = new()
    {
        Normalizer = """{"type":"NFC"}""",
        PreTokenizer = $$"""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":{{JsonSerializer.Serialize(SplitStep.QwenPattern)}}},"behavior":"Isolated","invert":false},{{ByteLevel}}]}
            """,
        PostProcessor = ByteLevel,
        Decoder = ByteLevel,
    };

    private const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}""";

    public string Truncation { get; init; } = "null";

    public string Padding { get; init; } = "null";

    public string Normalizer { get; init; } = "null";

    public string PreTokenizer { get; init; } = "null";

    public string PostProcessor { get; init; } = "null";

    public string Decoder { get; init; } = "null";

    /// <summary>Whether text is brought into normalisation form C.</summary>
    /// <exception cref="MalformedInputException">The normaliser is another.</exception>
    public bool NormalizesToFormC(string source)
    {
        using JsonDocument document = JsonDocument.Parse(Normalizer);
        bool isFormC = false;
        foreach (JsonElement step in Flatten(source, document.RootElement, "normalizers"))
        {
            if (TypeOf(step) is not "NFC" and string type)
                throw new MalformedInputException(source, $"the normalizer '{type}' is not supported", "Only NFC and none are: use the tokenizer of a Qwen2 model.");
            isFormC = true;
        }
        return isFormC;
    }

    /// <summary>The steps that split text into words, and whether a space is put before the text.</summary>
    /// <exception cref="MalformedInputException">The pre-tokenizer is not byte-level, or has a step that is not supported.</exception>
    public (WordSplitter Splitter, bool AddsPrefixSpace) CreateSplitter(string source)
    {
        using JsonDocument document = JsonDocument.Parse(PreTokenizer);
        var steps = new List<SplitStep>();
        bool isByteLevel = false, addsPrefixSpace = false;
        foreach (JsonElement step in Flatten(source, document.RootElement, "pretokenizers"))
        {
            if (isByteLevel)
                throw NotSupported(source, "a step behind ByteLevel");
            switch (TypeOf(step))
            {
                case "Split":
                    steps.Add(ReadSplit(step, source));
                    break;
                case "Digits":
                    steps.Add(new SplitStep(Flag(step, "individual_digits") ? @"\p{N}" : @"\p{N}+"));
                    break;
                case "ByteLevel":
                    isByteLevel = true;
                    addsPrefixSpace = Flag(step, "add_prefix_space");
                    if (addsPrefixSpace && steps.Count > 0)
                        throw NotSupported(source, "add_prefix_space behind another step");
                    if (Flag(step, "use_regex", absent: true))
                        steps.Add(new SplitStep(SplitStep.Gpt2Pattern));
                    break;
                case string type:
                    throw NotSupported(source, $"'{type}'");
            }
        }
        if (!isByteLevel)
            throw new MalformedInputException(source, "the pre-tokenizer has no ByteLevel step, so this is not a byte-level BPE", "Use the tokenizer of a Qwen2 model.");
        return (new WordSplitter(steps), addsPrefixSpace);
    }

    /// <summary>Checks that the decoder is the byte-level one, or none.</summary>
    public void CheckDecoder(string source)
    {
        using JsonDocument document = JsonDocument.Parse(Decoder);
        foreach (JsonElement step in Flatten(source, document.RootElement, "decoders"))
        {
            if (TypeOf(step) is not "ByteLevel" and string type)
                throw new MalformedInputException(source, $"the decoder '{type}' is not ByteLevel, so this is not a byte-level BPE", "Use the tokenizer of a Qwen2 model.");
        }
    }

    private static SplitStep ReadSplit(JsonElement step, string source)
    {
        if (!step.TryGetProperty("pattern", out JsonElement pattern) || pattern.ValueKind != JsonValueKind.Object)
            throw new MalformedInputException(source, "a Split pre-tokenizer has no pattern");
        string expression = Text(pattern, "Regex")
            ?? (Text(pattern, "String") is { } literal ? Regex.Escape(literal) : null)
            ?? throw new MalformedInputException(source, "the pattern of a Split pre-tokenizer is neither a Regex nor a String");
        string? behavior = Text(step, "behavior");
        bool inverts = Flag(step, "invert");
        try
        {
            return behavior switch
            {
                "Isolated" => new SplitStep(expression),
                "Removed" => new SplitStep(expression, keepsMatches: inverts, keepsGaps: !inverts),
                _ => throw NotSupported(source, $"Split with the behavior '{behavior}'"),
            };
        }
        catch (ArgumentException exception)
        {
            throw new MalformedInputException(source, $"the pattern '{expression}' of a Split pre-tokenizer cannot be read: {exception.Message.TrimEnd('.')}",
                innerException: exception);
        }
    }

    private static IEnumerable<JsonElement> Flatten(string source, JsonElement part, string listName)
    {
        if (part.ValueKind == JsonValueKind.Null)
            yield break;
        if (part.ValueKind != JsonValueKind.Object)
            throw new MalformedInputException(source, $"'{part.GetRawText()}' stands where a step with a 'type' should", "Download the file again.");
        if (TypeOf(part) == "Sequence" && part.TryGetProperty(listName, out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in list.EnumerateArray())
            {
                foreach (JsonElement step in Flatten(source, item, listName))
                    yield return step;
            }
        }
        else
        {
            yield return part;
        }
    }

    private static string TypeOf(JsonElement part) => Text(part, "type") ?? "";

    private static string? Text(JsonElement part, string name)
    {
        try
        {
            return part.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Not valid Unicode: no name that could be known.
            return null;
        }
    }

    private static bool Flag(JsonElement part, string name, bool absent = false) =>
        part.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.True : absent;

    private static MalformedInputException NotSupported(string source, string what) =>
        new(source, $"the pre-tokenizer has {what}, which is not supported", "Use the tokenizer of a Qwen2 model.");
}
