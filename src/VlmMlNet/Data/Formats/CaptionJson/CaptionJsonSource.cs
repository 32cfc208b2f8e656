using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.CaptionJson;

/// <summary>Rows of a picture with its caption, or a list of captions: <c>{"file_name", "text"}</c> in the <c>metadata.jsonl</c> of Hugging
/// Face's imagefolder, <c>{"image", "caption"}</c> in BLIP's lists, in one array or one a line. Other properties are passed over.</summary>
internal sealed class CaptionJsonSource(string path, CaptionJsonOptions options) : JsonRowSource<CaptionRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);
    private readonly string? _imageOption = options.ImageColumn is null ? options.OptionName("Image") : null;
    private readonly string[] _imageNames = Names(options.ImageColumn, CaptionColumnNames.Image);
    private readonly string[] _captionNames = Names(options.CaptionColumn, CaptionColumnNames.Caption);
    private readonly string[] _idNames = Names(options.IdColumn, [.. CaptionColumnNames.Id, "image_id"]);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("these are no rows of pictures with captions, in one array or one a line", "A row has a picture's name, such as 'file_name', and a caption, such as 'text'.");

    protected override CaptionRow? Parse(ref Utf8JsonReader reader)
    {
        (string? Text, int Rank) image = (null, int.MaxValue), id = (null, int.MaxValue);
        (IReadOnlyList<string>? Texts, int Rank) captions = (null, int.MaxValue);
        DataSplit? split = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            if (Rank(name, _imageNames) is var picture && picture < image.Rank)
                image = (JsonFields.OnlyText(ref reader, name), picture);
            else if (Rank(name, _captionNames) is var caption && caption < captions.Rank)
                captions = (ReadCaptions(ref reader, name), caption);
            else if (Rank(name, _idNames) is var number && number < id.Rank)
                id = (JsonFields.Id(ref reader, name), number);
            else if (options.Split != DataSplit.All && Rank(name, CaptionColumnNames.Split) == 0)
                split = RowSplit.Of(JsonFields.Text(ref reader, name));
            else
                ForeignContent.Skip(ref reader, name, _imageOption);
        }
        if (image.Text is null)
            throw JsonFields.Missing(_imageNames[0]);
        if (captions.Texts is null)
            throw JsonFields.Missing(_captionNames[0]);
        if (options.Split != DataSplit.All && (split ?? throw JsonFields.Missing("split")) != options.Split)
            return null;
        return new CaptionRow(id.Text ?? image.Text, _images.Resolve(image.Text), captions.Texts);
    }

    private static string[] Names(string? given, string[] usual) => given is null ? usual : [given];

    // The place among the names, of which an earlier one goes before; none is larger than all of them.
    private static int Rank(string name, string[] names)
    {
        int place = Array.FindIndex(names, other => CaptionColumnNames.AreSame(name, other));
        return place < 0 ? int.MaxValue : place;
    }

    private static IReadOnlyList<string> ReadCaptions(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return CaptionList.Parse(JsonFields.Text(ref reader, name));
        var captions = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            captions.Add(JsonFields.Text(ref reader, $"{name}[{captions.Count}]"));
        return captions;
    }
}
