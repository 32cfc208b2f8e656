using System.Text;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>The turns of a row of JSON, as they are spelt: LLaVA's <c>from</c> and <c>value</c>, messages with <c>role</c> and <c>content</c> (a
/// text, or a list of parts), the Cauldron's <c>user</c> and <c>assistant</c>.</summary>
internal sealed class LlavaTurns
{
    private readonly List<string> _images = [];
    private bool _saysPlaces;

    public LlavaConversation Conversation { get; } = new();

    /// <summary>Pictures that the parts of messages name.</summary>
    public IReadOnlyList<string> Images => _images;

    /// <summary>Whether its pictures have no place of their own unless a turn says it: in LLaVA's spelling all have one.</summary>
    public bool MayPlace => !_saysPlaces;

    /// <summary>Reads the list of turns.</summary>
    /// <param name="reader">Stands on it.</param>
    /// <param name="name">The property.</param>
    /// <exception cref="RowProblemException">It is no conversation.</exception>
    public static LlavaTurns Read(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Parse(JsonFields.Text(ref reader, name), name);
        JsonFields.Start(ref reader, JsonTokenType.StartArray, name);
        var turns = new LlavaTurns();
        for (int turn = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; turn++)
        {
            JsonFields.Start(ref reader, JsonTokenType.StartObject, $"{name}[{turn}]");
            turns.ReadTurn(ref reader);
        }
        return turns;
    }

    /// <summary>Reads a list of turns that stands in a text, as JSON.</summary>
    /// <exception cref="RowProblemException">It is no conversation.</exception>
    public static LlavaTurns Parse(string json, string name)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            reader.Read();
            JsonFields.Start(ref reader, JsonTokenType.StartArray, name);
            LlavaTurns turns = Read(ref reader, name);
            reader.Read(); // there may be more than the list: this throws
            return turns;
        }
        catch (JsonException)
        {
            throw new RowProblemException($"'{name}' is a text that is no JSON", "A conversation is a list, or a text that is that list as JSON, in Python json.dumps(turns); Python's own print of a list is not read.");
        }
    }

    private void ReadTurn(ref Utf8JsonReader reader)
    {
        string? from = null, value = null, question = null, answer = null;
        bool isMessage = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "from": from = JsonFields.Text(ref reader, name); break;
                case "value": value = JsonFields.Text(ref reader, name); break;
                case "role": (from, isMessage) = (JsonFields.Text(ref reader, name), true); break;
                case "content": (value, isMessage) = (reader.TokenType == JsonTokenType.StartArray ? ReadParts(ref reader) : JsonFields.Text(ref reader, name), true); break;
                case "user": question = JsonFields.Text(ref reader, name); break;
                case "assistant": answer = JsonFields.Text(ref reader, name); break;
                default: ForeignContent.Skip(ref reader, name, null); break;
            }
        }
        if (question is not null && answer is not null && from is null)
        {
            Conversation.Add("user", question);
            Conversation.Add("assistant", answer);
            return;
        }
        _saysPlaces |= !isMessage;
        Conversation.Add(from ?? throw JsonFields.Missing(isMessage ? "role" : "from"), value ?? throw JsonFields.Missing(isMessage ? "content" : "value"));
    }

    private string ReadParts(ref Utf8JsonReader reader)
    {
        var content = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonFields.Start(ref reader, JsonTokenType.StartObject, "content[]");
            string? type = null, text = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = JsonFields.PropertyName(ref reader);
                reader.Read();
                switch (name)
                {
                    case "type": type = JsonFields.Text(ref reader, name); break;
                    case "text": text = JsonFields.OptionalText(ref reader, name); break;
                    case "image" or "path": AddImage(JsonFields.OptionalText(ref reader, name)); break;
                    default: ForeignContent.Skip(ref reader, name, null); break;
                }
            }
            if (type is not null && ForeignContent.Of(type) is { } what)
                throw ForeignContent.Refused($"a message has a part of type '{type}'", what);
            MessagePart.Append(content, type, text);
        }
        return content.ToString();
    }

    private void AddImage(string? image)
    {
        if (!string.IsNullOrEmpty(image))
            _images.Add(image);
    }
}
