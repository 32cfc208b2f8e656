using System.Text.RegularExpressions;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.CaptionCsv;

/// <summary>Delimited text with a head: a column of pictures and one of captions, such as nlphuji's and Kaggle's Flickr30k.</summary>
internal sealed partial class CaptionCsvSource(string path, CaptionCsvOptions options) : RowSource<CaptionRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    public override IEnumerable<CaptionRow> Read(RowReading reading)
    {
        BadRowLog.Pass badRows = reading.BadRows;
        using var reader = new CsvReader(DataFile.OpenSequential(Path), Path, options.Separator ?? CsvSeparator.Of(Path, HasColumns));
        CsvHead head = CsvHead.Read(reader, Path);
        int image = head.Require(options.ImageColumn, CaptionColumnNames.Image, options.OptionName("Image")), caption = head.Require(options.CaptionColumn, CaptionColumnNames.Caption, options.OptionName("Caption"));
        int id = options.IdColumn is null ? head.Find(CaptionColumnNames.Id) : head.Require(options.IdColumn, [], options.OptionName("Id"));
        int split = options.Split == DataSplit.All ? -1 : head.Require(null, CaptionColumnNames.Split, null);
        (string Name, int Column)[] foreign = [.. head.Names.Select((name, column) => (name, column)).Where(c => c.column != image && c.column != caption && ForeignContent.Of(c.name) is not null)];
        string? imageOption = options.ImageColumn is null ? options.OptionName("Image") : null;
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
                else if (head.Check(reader.Fields) && (split < 0 || RowSplit.Of(reader.Fields[split]) == options.Split))
                {
                    foreach ((string name, int column) in foreign)
                        ForeignContent.Check(name, reader.Fields[column], imageOption);
                    row = groups.Add(reader.Fields[image], id < 0 ? reader.Fields[image] : IdText().Replace(reader.Fields[id], "$1"), Captions(reader.Fields[caption], head.Names[caption]), reader.Place);
                }
            }
            catch (RowProblemException e)
            {
                badRows.Add(Path, reader.Row, $"{e.Message} (line {reader.Line})", e.Remedy, place: (reader.Line, null), isIncomplete: e.IsIncomplete);
            }
            if (row is null)
                continue;
            reading.Note(groups.Place);
            reading.At(Path, groups.Place.Row, (groups.Place.Line + 1, null));
            yield return row;
        }
    }

    /// <summary>Whether a head has a column of pictures and one of captions.</summary>
    public static bool IsHead(CsvHead head) => CaptionColumnNames.AreIn(head.Names);

    // pandas writes the ids of a column with gaps as 42.0.
    [GeneratedRegex(@"^(0|-?[1-9]\d*)\.0+$")]
    private static partial Regex IdText();

    private bool HasColumns(CsvHead head) =>
        head.Find(options.ImageColumn is { } image ? [image] : CaptionColumnNames.Image) >= 0 && head.Find(options.CaptionColumn is { } caption ? [caption] : CaptionColumnNames.Caption) >= 0;

    // Hugging Face's numbers of classes are no captions.
    private IReadOnlyList<string> Captions(string field, string column) => options.CaptionColumn is null && CaptionColumnNames.AreSame(column, "label") && long.TryParse(field, out _)
        ? throw new RowProblemException($"'{column}' is a number, not a caption", "Name the column of captions.")
        : CaptionList.Parse(field);
}
