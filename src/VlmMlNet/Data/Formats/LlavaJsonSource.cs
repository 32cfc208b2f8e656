using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>LLaVA's JSON: <c>{"id", "image", "conversations": [{"from", "value"}, ...]}</c>, in one array or one a line.
/// Other properties are passed over.</summary>
internal sealed class LlavaJsonSource(string path, LlavaOptions options) : JsonRowSource<LlavaRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder);
    private readonly int _maxImages = options.MaxImages;

    public override IReadOnlyList<RowColumn<LlavaRow>> Columns => _maxImages == 1 ? LlavaRow.PathColumns : LlavaRow.PathsColumns;

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not LLaVA's JSON, which is one array of rows or one row a line", "LLaVA's rows have 'conversations'.");

    protected override LlavaRow Parse(ref Utf8JsonReader reader)
    {
        string id = "";
        string[] images = [];
        LlavaConversation? conversation = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.TokenType == JsonTokenType.Null ? "" : JsonFields.Id(ref reader, "id");
            }
            else if (reader.ValueTextEquals("image"u8))
            {
                reader.Read();
                images = ReadImages(ref reader);
            }
            else if (reader.ValueTextEquals("conversations"u8))
            {
                reader.Read();
                conversation = ReadConversation(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
        if (conversation is null)
            throw new RowProblemException("'conversations' is missing", "For COCO captions use LoadCocoCaptions, for questions the reader of their data set.");
        conversation.Check(images.Length);
        return new LlavaRow(id, images, conversation.Turns);
    }

    /// <summary>A path, null, or a list of paths; the empty path is no picture.</summary>
    private string[] ReadImages(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            string? image = JsonFields.OptionalText(ref reader, "image");
            return string.IsNullOrEmpty(image) ? [] : [_images.Resolve(image)];
        }
        var images = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (images.Count == _maxImages)
                throw new RowProblemException($"the row has more than {_maxImages} image{(_maxImages == 1 ? "" : "s")}", "LlavaOptions.MaxImages allows more.");
            images.Add(_images.Resolve(JsonFields.Text(ref reader, "image")));
        }
        return [.. images];
    }

    private static LlavaConversation ReadConversation(ref Utf8JsonReader reader)
    {
        JsonFields.Start(ref reader, JsonTokenType.StartArray, "conversations");
        var conversation = new LlavaConversation();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonFields.Start(ref reader, JsonTokenType.StartObject, $"conversations[{conversation.Turns.Count}]");
            string? from = null, value = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("from"u8))
                {
                    reader.Read();
                    from = JsonFields.Text(ref reader, "from");
                }
                else if (reader.ValueTextEquals("value"u8))
                {
                    reader.Read();
                    value = JsonFields.Text(ref reader, "value");
                }
                else
                {
                    reader.Skip();
                }
            }
            conversation.Add(from ?? throw JsonFields.Missing("from"), value ?? throw JsonFields.Missing("value"));
        }
        return conversation;
    }
}
