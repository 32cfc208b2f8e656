using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Delimited text with a head: a column of pictures and one of captions, such as nlphuji's and Kaggle's Flickr30k.</summary>
internal sealed class CaptionCsvSource(string path, CaptionCsvOptions options) : RowSource<CaptionRow>(path, options)
{
    public static readonly string[] ImageColumns = ["image", "image_path", "filename", "file_name", "path", "image_name"];
    public static readonly string[] CaptionColumns = ["caption", "captions", "text", "comment", "raw"];
    private static readonly string[] s_idColumns = ["id", "img_id"];
    private static readonly string[] s_splitColumns = ["split"];

    private readonly ImagePaths _images = new(path, options.ImageFolder);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    public override IEnumerable<CaptionRow> Read(RowReading reading)
    {
        BadRowLog.Pass badRows = reading.BadRows;
        using var reader = new CsvReader(DataFile.OpenSequential(Path), Path, options.Separator ?? CsvSeparator.Of(Path, HasColumns));
        CsvHead head = CsvHead.Read(reader, Path);
        int image = head.Require(options.ImageColumn, ImageColumns), caption = head.Require(options.CaptionColumn, CaptionColumns);
        int id = options.IdColumn is null ? head.Find(s_idColumns) : head.Require(options.IdColumn, []);
        int split = options.Split == DataSplit.All ? -1 : head.Require(null, s_splitColumns);
        reader.Seek(reading.Start);
        var groups = new CaptionGroups(_images, onceOnly: false);
        bool more = true;
        while (more)
        {
            CaptionRow? row = null;
            try
            {
                more = reader.TryRead();
                if (!more)
                    row = groups.End();
                else if (head.Check(reader.Fields) && (split < 0 || IsInSplit(reader.Fields[split])))
                    row = groups.Add(reader.Fields[image], reader.Fields[id < 0 ? image : id], CaptionList.Parse(reader.Fields[caption]), reader.Place);
            }
            catch (RowProblemException e)
            {
                badRows.Add(Path, reader.Row, $"{e.Message} (line {reader.Line})", e.Remedy, place: (reader.Line, null));
            }
            if (row is null)
                continue;
            reading.Note(groups.Place);
            yield return row;
        }
    }

    /// <summary>Whether a head has a column of pictures and one of captions.</summary>
    public static bool IsHead(CsvHead head) => head.Find(ImageColumns) >= 0 && head.Find(CaptionColumns) >= 0;

    private bool HasColumns(CsvHead head) =>
        head.Find(options.ImageColumn is { } image ? [image] : ImageColumns) >= 0 && head.Find(options.CaptionColumn is { } caption ? [caption] : CaptionColumns) >= 0;

    private bool IsInSplit(string split) => options.Split == split.ToLowerInvariant() switch
    {
        "train" => DataSplit.Train,
        "val" or "validation" => DataSplit.Validation,
        "test" => DataSplit.Test,
        _ => throw new RowProblemException($"'split' is '{split}'", "It is 'train', 'val' or 'test'."),
    };
}
