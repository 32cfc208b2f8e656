using System.Text.Json;
using VlmMlNet.Data.Json;

namespace VlmMlNet.Data;

/// <summary>LLaVA's JSON: one array of <c>{"id", "image", "conversations": [{"from", "value"}, ...]}</c>. Other
/// properties are passed over.</summary>
internal sealed class LlavaJsonSource(string path, LlavaOptions options) : RowSource<LlavaRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder);

    public override IReadOnlyList<RowColumn<LlavaRow>> Columns { get; } =
    [
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.Id, row => row.Id),
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.Image, row => row.Image),
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.ImagePath, row => row.Image),
        RowColumn<LlavaRow>.Texts(VisionLanguageColumns.Conversation, row => row.Turns),
    ];

    public override IEnumerable<LlavaRow> Read(Func<string, bool> active, BadRowLog.Pass badRows)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(Path), Path);
        reader.ReadStart(JsonTokenType.StartArray, "this is not LLaVA's JSON, which is one array of rows",
            "For COCO captions use LoadCocoCaptions.");
        while (reader.TryReadElement())
        {
            LlavaRow row;
            try
            {
                row = Parse(reader.Value);
            }
            catch (RowProblemException e)
            {
                badRows.Add(reader.Row!.Value, $"{e.Message} ({reader.Position})", e.Remedy);
                continue;
            }
            yield return row with { Image = _images.Resolve(row.Image) };
        }
        reader.ReadEnd();
    }

    private static LlavaRow Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "row");
        string id = "", image = "";
        LlavaConversation? conversation = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.TokenType == JsonTokenType.Null ? "" : JsonFields.TextOrNumber(ref reader, "id");
            }
            else if (reader.ValueTextEquals("image"u8))
            {
                reader.Read();
                image = ReadImage(ref reader);
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
            throw JsonFields.Missing("conversations");
        conversation.Check(image.Length > 0 ? 1 : 0);
        return new LlavaRow(id, image, conversation.Turns);
    }

    /// <summary>A path, null, or a list of at most one path.</summary>
    private static string ReadImage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return JsonFields.OptionalText(ref reader, "image") ?? "";
        string image = "";
        for (int count = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count == 1)
                throw new RowProblemException("the row has several images", "One image in a row can be read.");
            image = JsonFields.Text(ref reader, "image");
        }
        return image;
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
