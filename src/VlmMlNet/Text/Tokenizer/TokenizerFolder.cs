using System.Globalization;
using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>The tokenizer files of a Hugging Face folder.</summary>
internal static class TokenizerFolder
{
    public const string SpecialTokensName = "special_tokens_map.json";

    private const long LargestFile = 256L << 20;
    private const string TokenizerName = "tokenizer.json", ConfigurationName = "tokenizer_config.json", AddedTokensName = "added_tokens.json", VocabularyName = "vocab.json";

    /// <summary>Reads tokenizer.json, or else vocab.json and merges.txt.</summary>
    /// <exception cref="FileNotFoundException">The folder has neither.</exception>
    public static TokenizerDefinition Read(string folder)
    {
        folder = Path.GetFullPath(folder);
        string tokenizer = Path.Combine(folder, TokenizerName), vocabulary = Path.Combine(folder, VocabularyName),
            merges = Path.Combine(folder, "merges.txt"), configuration = Path.Combine(folder, ConfigurationName);
        byte[]? configurationJson = File.Exists(configuration) ? ReadFile(configuration) : null;
        List<AddedToken>? configured = configurationJson is null ? null : ReadConfiguredTokens(configurationJson, configuration);
        if (File.Exists(tokenizer))
        {
            TokenizerDefinition definition = TokenizerJsonReader.Read(ReadFile(tokenizer), tokenizer);
            return definition.With(configured is not null ? Union(definition, configured, configuration) : Union(definition, ReadAddedTokens(folder) ?? [], Path.Combine(folder, AddedTokensName)), configurationJson);
        }
        if (!File.Exists(vocabulary))
            throw new FileNotFoundException($"{folder}: there is no tokenizer here: neither tokenizer.json nor vocab.json with merges.txt.", tokenizer);
        if (!File.Exists(merges))
            throw new FileNotFoundException($"{merges}: the file is missing; vocab.json beside it cannot be used without it.", merges);
        Dictionary<string, int> ids = VocabularyReader.ReadFile(ReadFile(vocabulary), vocabulary);
        return new TokenizerDefinition
        {
            Source = vocabulary,
            Vocabulary = ids,
            Merges = ReadMerges(merges, ids),
            AddedTokens = configured ?? ReadAddedTokens(folder) ?? StandardTokens(ids),
            Configuration = configurationJson,
        };
    }

    /// <summary>The file that holds the vocabulary.</summary>
    public static string SourceIn(string folder) => Path.Combine(folder, TokenizerName) is var joint && File.Exists(joint) ? joint : Path.Combine(folder, VocabularyName);

    /// <summary>Writes tokenizer.json and tokenizer_config.json, each beside its place first.</summary>
    public static void Write(TokenizerDefinition definition, string folder)
    {
        Directory.CreateDirectory(folder);
        PendingFile.Write(Path.Combine(folder, TokenizerName), TokenizerJsonWriter.WriteTokenizer(definition));
        PendingFile.Write(Path.Combine(folder, ConfigurationName), definition.Configuration ?? TokenizerJsonWriter.WriteConfiguration(definition));
    }

    /// <summary>Qwen2.5's added tokens behind a vocabulary, less those that it has already.</summary>
    public static List<AddedToken> StandardTokens(Dictionary<string, int> vocabulary)
    {
        int next = vocabulary.Values.Max() + 1;
        return [.. QwenTokens.Added.Select(token =>
            new AddedToken(vocabulary.TryGetValue(token.Content, out int id) ? id : next++, token.Content, token.IsSpecial))];
    }

    private static IReadOnlyList<(int Left, int Right)> ReadMerges(string path, Dictionary<string, int> vocabulary)
    {
        var merges = new List<(string Left, string Right)>(vocabulary.Count);
        int row = 0, firstRow = 0;
        CheckFile(path);
        foreach (string line in File.ReadLines(path))
        {
            row++;
            if (line.Length == 0 || (row == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            if (firstRow == 0)
                firstRow = row;
            if (!MergeTable.TrySplit(line, out (string Left, string Right) merge))
                throw new MalformedInputException(path, $"'{line}' is not two tokens with a space between them", "Download the file again.", row);
            merges.Add(merge);
        }
        return MergeTable.Resolve(merges, vocabulary, path, firstRow);
    }

    /// <summary>The tokens of tokenizer_config.json's added_tokens_decoder; null where it has none.</summary>
    private static List<AddedToken>? ReadConfiguredTokens(byte[] json, string path)
    {
        var tokens = new List<AddedToken>();
        ReadObject(path, json, root =>
        {
            if (!root.TryGetProperty("added_tokens_decoder", out JsonElement list) || list.ValueKind != JsonValueKind.Object)
                return;
            foreach (JsonProperty item in list.EnumerateObject())
            {
                if (!int.TryParse(item.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                    throw new MalformedInputException(path, $"'{item.Name}' in added_tokens_decoder is not an id", "Download the file again.");
                tokens.Add(AddedTokenReader.Read(item.Value, id, path));
            }
        });
        return tokens.Count == 0 ? null : tokens;
    }

    /// <summary>The tokens of added_tokens.json, which has no flags: special are those that special_tokens_map.json names or
    /// Qwen2.5 knows as such.</summary>
    private static List<AddedToken>? ReadAddedTokens(string folder)
    {
        string path = Path.Combine(folder, AddedTokensName);
        if (!File.Exists(path))
            return null;
        HashSet<string> special = [.. QwenTokens.Added.Where(token => token.IsSpecial).Select(token => token.Content), .. SpecialTokens(folder)];
        var tokens = new List<AddedToken>();
        ReadObject(path, ReadFile(path), root =>
        {
            foreach (JsonProperty item in root.EnumerateObject())
            {
                if (item.Value.ValueKind != JsonValueKind.Number || !item.Value.TryGetInt32(out int id) || item.Name.Length == 0)
                    throw new MalformedInputException(path, $"the id of token '{item.Name}' is not a number", "Download the file again.");
                tokens.Add(new AddedToken(id, item.Name, special.Contains(item.Name)));
            }
        });
        return tokens.Count == 0 ? null : tokens;
    }

    /// <summary>The tokens that special_tokens_map.json names; none where there is no such file.</summary>
    public static IReadOnlyCollection<string> SpecialTokens(string folder)
    {
        string path = Path.Combine(folder, SpecialTokensName);
        HashSet<string> names = [];
        if (File.Exists(path))
            ReadObject(path, ReadFile(path), root => CollectNames(root, names));
        return names;
    }

    /// <summary>Collects names that stand alone, in lists, or as the content of an object.</summary>
    private static void CollectNames(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            names.Add(element.GetString()!);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                CollectNames(item, names);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty item in element.EnumerateObject())
                CollectNames(item.Value, names);
        }
    }

    private static void ReadObject(string path, byte[] json, Action<JsonElement> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.AsMemory(json.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new MalformedInputException(path, "it is not a JSON object", "Download the file again.");
            read(document.RootElement);
        }
        catch (Exception exception) when (JsonErrors.IsAboutInput(exception))
        {
            throw JsonErrors.Describe(path, exception);
        }
    }

    private static byte[] ReadFile(string path)
    {
        CheckFile(path);
        return File.ReadAllBytes(path);
    }

    private static void CheckFile(string path)
    {
        RegularFile.Check(path);
        long length = new FileInfo(path).Length;
        if (length > LargestFile)
            throw new MalformedInputException(path, $"it is {length >> 20} MiB long, where a tokenizer's file has at most {LargestFile >> 20}", "Use the tokenizer of a Qwen2 model.");
    }

    /// <summary>tokenizer.json's tokens and those that only the configuration has.</summary>
    private static List<AddedToken> Union(TokenizerDefinition definition, List<AddedToken> configured, string path)
    {
        var tokens = new List<AddedToken>(definition.AddedTokens);
        foreach (AddedToken token in configured)
        {
            AddedToken? same = tokens.Find(other => other.Content == token.Content);
            if (same is not null && same.Id != token.Id)
                throw new MalformedInputException(path, $"the token '{token.Content}' has the id {token.Id} here, but {same.Id} in tokenizer.json", "Use the files of one model.");
            if (same is null)
                tokens.Add(token);
        }
        return tokens;
    }
}
