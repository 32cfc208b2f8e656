using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Reads YAML as the JSON that it stands for (YAML 1.2, core schema). Aliases are refused: a few lines of them can
/// stand for gigabytes.</summary>
internal static partial class YamlText
{
    private const int MaxDepth = 16;
    private const string Where = "where"; // its values are compared with texts: an id 0017 is not 17
    private static readonly string[] s_numbers = ["weight", "seed"];

    /// <exception cref="MalformedInputException">It is no YAML, or more than one document.</exception>
    public static JsonDocument Parse(string path, byte[] utf8)
    {
        var json = new MemoryStream();
        try
        {
            using var text = new StringReader(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8).TrimStart('\uFEFF'));
            using var writer = new Utf8JsonWriter(json);
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
                throw new MalformedInputException(path, "the recipe is empty", "It lists data sets under 'datasets:'.");
            Write(path, parser, writer, 0, property: "");
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _))
                throw new MalformedInputException(path, "it has more than one YAML document", "A recipe is one document.");
        }
        catch (YamlException e)
        {
            throw new MalformedInputException(path, string.Create(CultureInfo.InvariantCulture, $"this is not valid YAML: {e.Message.TrimEnd('.')} (line {e.Start.Line}, column {e.Start.Column})"), null, null, e);
        }
        catch (DecoderFallbackException e)
        {
            throw new MalformedInputException(path, "it is not valid text: it has broken UTF-8", "Save it as UTF-8.", null, e);
        }
        catch (Exception e) when (e is not (MalformedInputException or OutOfMemoryException))
        {
            // The parser has exceptions of many kinds for what it stumbles over.
            throw new MalformedInputException(path, "this is not valid YAML", "Are its lines indented and its quotation marks closed?", null, e);
        }
        return JsonDocument.Parse(json.ToArray());
    }

    /// <summary>Writes a value.</summary>
    /// <param name="path">The recipe.</param>
    /// <param name="parser">Stands before the value.</param>
    /// <param name="json">Takes it.</param>
    /// <param name="depth">How deep it is nested.</param>
    /// <param name="property">The property that it is of: what looks like a number is one in some, and a text in others.</param>
    private static void Write(string path, Parser parser, Utf8JsonWriter json, int depth, string property)
    {
        if (depth > MaxDepth)
            throw Unsupported(path, parser.Current!, $"it is nested more than {MaxDepth} times");
        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            WriteScalar(path, scalar, json, property);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            json.WriteStartArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                Write(path, parser, json, depth + 1, property);
            json.WriteEndArray();
        }
        else if (parser.TryConsume<MappingStart>(out _))
        {
            json.WriteStartObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (!parser.TryConsume<Scalar>(out Scalar? name))
                    throw Unsupported(path, parser.Current!, "a name is no text");
                json.WritePropertyName(name.Value);
                Write(path, parser, json, depth + 1, property == Where ? Where : name.Value);
            }
            json.WriteEndObject();
        }
        else
        {
            throw Unsupported(path, parser.Current!, "it has an alias");
        }
    }

    private static void WriteScalar(string path, Scalar scalar, Utf8JsonWriter json, string property)
    {
        string text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
            json.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            json.WriteNullValue();
        else if (property == Where)
            json.WriteStringValue(text);
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            json.WriteBooleanValue(text[0] is 't' or 'T');
        else if (s_numbers.Contains(property) && YamlNumber.IsNumber(text))
            json.WriteRawValue(YamlNumber.ToJson(text) ?? throw new MalformedInputException(path, string.Create(CultureInfo.InvariantCulture, $"'{property}' is {text}, which is no number that can be used (line {scalar.Start.Line})"), "It is finite and has at most 64 bits."));
        else if (JsonNumber().IsMatch(text))
            json.WriteRawValue(text);
        else
            json.WriteStringValue(text);
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();

    private static MalformedInputException Unsupported(string path, ParsingEvent at, string problem) =>
        new(path, string.Create(CultureInfo.InvariantCulture, $"{problem} (line {at.Start.Line})"), "Recipes use lists, names and plain values alone.");
}
