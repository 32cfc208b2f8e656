using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>LLaVA's JSON: <c>{"id", "image", "conversations": [{"from", "value"}, ...]}</c>, in one array or one a line, and its
/// relatives: a list <c>images</c>, <c>messages</c>, a property for what the system says. Properties that change the meaning of a
/// row are refused, others are passed over.</summary>
internal sealed class LlavaJsonSource(string path, LlavaOptions options) : JsonRowSource<LlavaRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);
    private readonly int _maxImages = options.MaxImages;

    public override IReadOnlyList<RowColumn<LlavaRow>> Columns => _maxImages == 1 ? LlavaRow.PathColumns : LlavaRow.PathsColumns;

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not LLaVA's JSON, which is one array of rows or one row a line", "LLaVA's rows have 'conversations'.");

    protected override LlavaRow Parse(ref Utf8JsonReader reader)
    {
        string id = "", system = "";
        IReadOnlyList<string> images = [];
        LlavaTurns? turns = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name == options.ConversationColumn ? "conversations" : name == options.ImageColumn ? "image" : name == options.IdColumn ? "id" : name)
            {
                case "id":
                    id = reader.TokenType == JsonTokenType.Null ? "" : JsonFields.Id(ref reader, name);
                    break;
                case "image" or "images":
                    images = OnlyOne(images, ReadImages(ref reader, name));
                    break;
                case "system" or "system_prompt":
                    system = JsonFields.OptionalText(ref reader, name) ?? "";
                    break;
                case "conversations" or "conversation" or "messages" or "texts":
                    turns = turns is null ? LlavaTurns.Read(ref reader, name) : throw new RowProblemException($"the row has two conversations, the second '{name}'");
                    break;
                default:
                    ForeignContent.Skip(ref reader, name, options.ImageColumn is null ? options.OptionName("Image") : null);
                    break;
            }
        }
        if (turns is null)
            throw new RowProblemException("'conversations' is missing", "For COCO captions use LoadCocoCaptions, for questions the reader of their data set.") { IsIncomplete = true };
        images = OnlyOne(images, turns.Images);
        if (images.Count > _maxImages)
            throw new RowProblemException(_maxImages == 1 ? $"the row has more than 1 image, {images.Count}, and a model is shown one" : $"the row has more than {_maxImages} images, {images.Count}",
                "Leave such rows out, by skipping bad rows or in the file.");
        LlavaConversation conversation = turns.Conversation;
        conversation.SetSystem(system);
        if (turns.MayPlace)
            conversation.Place(images.Count);
        conversation.Check(images.Count);
        return new LlavaRow(id, [.. images.Select(_images.Resolve)], conversation.Turns) { System = conversation.System };
    }

    private static IReadOnlyList<string> OnlyOne(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        other.Count == 0 || one.SequenceEqual(other) ? one : one.Count == 0 ? other : throw new RowProblemException("the row names other pictures in two places");

    /// <summary>A path, null, or a list of paths; the empty path is no picture.</summary>
    private static List<string> ReadImages(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return JsonFields.OptionalText(ref reader, name) is { Length: > 0 } image ? [image] : [];
        var images = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (JsonFields.Text(ref reader, name) is not { Length: > 0 } image)
                throw new RowProblemException($"'{name}' lists a picture without a name", "A row of text alone has an empty list, or null.") { IsIncomplete = true };
            images.Add(image);
        }
        return images;
    }
}
