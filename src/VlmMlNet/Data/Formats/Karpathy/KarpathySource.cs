using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Karpathy;

/// <summary>Karpathy's splits of COCO and Flickr30k: <c>{"images": [{"filepath", "filename", "split", "cocoid", "imgid",
/// "sentences": [{"raw"}]}], "dataset"}</c>.</summary>
internal sealed class KarpathySource(string path, KarpathyOptions options) : RowSource<CaptionRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);
    private readonly DataSplit _split = options.Split;

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    public override IEnumerable<CaptionRow> Read(RowReading reading) => reading.Start.Offset > 0 ? JsonListRows.ReadFromStart(Path, reading, Parse) : ReadAll(reading);

    private IEnumerable<CaptionRow> ReadAll(RowReading reading)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(Path), Path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not Karpathy's JSON, which is one object", "Its files are named dataset_coco.json and dataset_flickr30k.json.");
        bool hasImages = false;
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName != "images")
            {
                reader.SkipValue();
                continue;
            }
            if (hasImages)
                throw new MalformedInputException(Path, $"it has two lists 'images' (the second: {reader.Position})");
            hasImages = true;
            reader.ReadStart(JsonTokenType.StartArray, "'images' is not a list");
            foreach (CaptionRow row in JsonListRows.Read(reader, Path, reading, Parse))
                yield return row;
        }
        reader.ReadEnd();
        if (!hasImages)
            throw new MalformedInputException(Path, "it has no list 'images'", "Karpathy's files have the list 'images', with 'sentences' in it.");
    }

    /// <returns>Null for a row of another part.</returns>
    private CaptionRow? Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "image");
        string? folder = null, file = null, split = null, cocoId = null, imageId = null;
        List<string>? captions = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "filepath": folder = JsonFields.Text(ref reader, name); break;
                case "filename": file = JsonFields.Text(ref reader, name); break;
                case "split": split = JsonFields.Text(ref reader, name); break;
                case "cocoid": cocoId = JsonFields.Id(ref reader, name); break;
                case "imgid": imageId = JsonFields.Id(ref reader, name); break;
                case "sentences": captions = ReadSentences(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        if (file is null)
            throw JsonFields.Missing("filename");
        if (captions is null)
            throw new RowProblemException("'sentences' is missing", "For COCO's own captions use LoadCocoCaptions.") { IsIncomplete = true };
        string path = string.IsNullOrEmpty(folder) ? file : System.IO.Path.Combine(folder, file);
        return IsInSplit(split) ? new CaptionRow(cocoId ?? imageId ?? "", _images.Resolve(path), captions) : null;
    }

    private bool IsInSplit(string? split) => _split == DataSplit.All || _split == split switch
    {
        "train" or "restval" => DataSplit.Train,
        "val" => DataSplit.Validation,
        "test" => DataSplit.Test,
        null => throw JsonFields.Missing("split"),
        _ => throw new RowProblemException($"'split' is '{split}'", "It is 'train', 'restval', 'val' or 'test'."),
    };

    private static List<string> ReadSentences(ref Utf8JsonReader reader)
    {
        JsonFields.Start(ref reader, JsonTokenType.StartArray, "sentences");
        var captions = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonFields.Start(ref reader, JsonTokenType.StartObject, "sentences[]");
            string? raw = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isRaw = reader.ValueTextEquals("raw"u8);
                reader.Read();
                if (isRaw)
                    raw = JsonFields.Text(ref reader, "raw");
                else
                    reader.Skip();
            }
            captions.Add(raw ?? throw JsonFields.Missing("raw"));
        }
        return captions;
    }
}
