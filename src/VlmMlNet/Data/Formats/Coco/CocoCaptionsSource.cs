using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Coco;

/// <summary>COCO's captions: <c>{"images": [{"id", "file_name"}], "annotations": [{"image_id", "id", "caption"}]}</c>. Other
/// properties are passed over.</summary>
internal sealed class CocoCaptionsSource(string path, CocoCaptionsOptions options) : RowSource<CaptionRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);
    private readonly Lock _lock = new();
    private CocoCaptionIndex? _index;

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    public override long? RowCount => Options.KeepsAllRows ? _index?.Count : null;

    public override IEnumerable<CaptionRow> Read(RowReading reading)
    {
        BadRowLog.Pass badRows = reading.BadRows;
        CocoCaptionIndex index;
        lock (_lock)
        {
            if (_index is not null)
                badRows.Repeat(_index.BadRows);
            index = _index ??= ReadIndex(badRows);
        }
        for (int row = (int)reading.Start.Row; row < index.Count; row++)
        {
            reading.Note(row, row * 1024L, 0); // as if each row had a kilobyte
            reading.At(Path, row);
            yield return index.Row(row, _images);
        }
    }

    private CocoCaptionIndex ReadIndex(BadRowLog.Pass badRows)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(Path), Path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not COCO's JSON, which is one object", "For LLaVA's JSON use LoadLlava.");
        var index = new CocoCaptionIndex();
        bool hasImages = false, hasAnnotations = false;
        var annotationIds = new HashSet<long>();
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName == "images")
                ReadList(reader, ref hasImages, badRows, json => AddImage(json, index));
            else if (reader.PropertyName == "annotations")
                ReadList(reader, ref hasAnnotations, badRows, json => AddAnnotation(json, index, annotationIds, (int)reader.Row!.Value, reader.Place));
            else
                reader.SkipValue();
        }
        reader.ReadEnd();
        if (!hasImages)
            throw new MalformedInputException(Path, "it has no list 'images'", "COCO's captions have the lists 'images' and 'annotations'.");
        index.Join(Path, badRows);
        return index;
    }

    private void ReadList(StreamingJsonReader reader, ref bool seen, BadRowLog.Pass badRows, Action<ReadOnlySpan<byte>> add)
    {
        string name = reader.PropertyName;
        if (seen)
            throw new MalformedInputException(Path, $"it has two lists '{name}' (the second: {reader.Position})");
        seen = true;
        reader.ReadStart(JsonTokenType.StartArray, $"'{name}' is not a list");
        while (reader.TryReadElement())
        {
            try
            {
                add(reader.Value);
            }
            catch (RowProblemException e)
            {
                badRows.Add(Path, reader.Row!.Value, $"in '{name}', {e.Message} ({reader.Position})", e.Remedy, place: reader.Place, isIncomplete: e.IsIncomplete);
            }
        }
    }

    private void AddImage(ReadOnlySpan<byte> json, CocoCaptionIndex index)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "image");
        long? id = null;
        string? fileName = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = JsonFields.Integer(ref reader, "id");
            }
            else if (reader.ValueTextEquals("file_name"u8))
            {
                reader.Read();
                fileName = JsonFields.Text(ref reader, "file_name");
            }
            else
            {
                reader.Skip();
            }
        }
        if (fileName is null)
            throw JsonFields.Missing("file_name");
        _ = _images.Resolve(fileName); // throws
        index.AddImage(id ?? throw JsonFields.Missing("id"), fileName);
    }

    private static void AddAnnotation(ReadOnlySpan<byte> json, CocoCaptionIndex index, HashSet<long> ids, int number, (long Line, long? Offset) place)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "annotation");
        long? imageId = null, id = null;
        string? caption = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("image_id"u8))
            {
                reader.Read();
                imageId = JsonFields.Integer(ref reader, "image_id");
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = JsonFields.Integer(ref reader, "id");
            }
            else if (reader.ValueTextEquals("caption"u8))
            {
                reader.Read();
                caption = JsonFields.Text(ref reader, "caption");
            }
            else
            {
                reader.Skip();
            }
        }
        if (caption is null)
            throw new RowProblemException("'caption' is missing", "Of COCO's files, those named captions_* have captions.") { IsIncomplete = true };
        if (id is { } known && !ids.Add(known))
            throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"annotation id {known} is used twice"));
        index.AddCaption(imageId ?? throw JsonFields.Missing("image_id"), caption, number, place);
    }
}
