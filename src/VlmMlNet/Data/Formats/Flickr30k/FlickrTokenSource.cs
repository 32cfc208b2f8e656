using System.Text;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Flickr30k;

/// <summary>Flickr30k's <c>.token</c>: lines of <c>picture.jpg#0</c>, a tab and a caption, those of a picture together.</summary>
internal sealed class FlickrTokenSource(string path, Flickr30kOptions options) : RowSource<CaptionRow>(path, options)
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ImagePaths _images = new(path, options.ImageFolder, options);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    public override IEnumerable<CaptionRow> Read(RowReading reading)
    {
        BadRowLog.Pass badRows = reading.BadRows;
        using var reader = new LineReader(DataFile.OpenSequential(Path), Path, reading.Start);
        var groups = new CaptionGroups(_images, onceOnly: true);
        for (long line = reading.Start.Row; reader.TryRead(); line++)
        {
            if (reader.Line.IsEmpty)
                continue;
            CaptionRow? row = null;
            try
            {
                (string image, string caption) = Parse(reader.Line);
                row = groups.Add(image, image, [caption], new RowPlace(0, line, reader.Offset, reader.Number - 1));
            }
            catch (RowProblemException e)
            {
                badRows.Add(Path, line, $"{e.Message} (line {reader.Number})", e.Remedy, place: (reader.Number, null), isIncomplete: e.IsIncomplete);
            }
            if (row is not null)
            {
                reading.Note(groups.Place);
                reading.At(Path, groups.Place.Row, (groups.Place.Line + 1, null));
                yield return row;
            }
        }
        if (groups.End() is { } last)
        {
            reading.Note(groups.Place);
            reading.At(Path, groups.Place.Row, (groups.Place.Line + 1, null));
            yield return last;
        }
    }

    private static (string Image, string Caption) Parse(ReadOnlySpan<byte> line)
    {
        int tab = line.IndexOf((byte)'\t');
        int mark = tab < 0 ? -1 : line[..tab].LastIndexOf((byte)'#');
        if (mark <= 0)
            throw new RowProblemException("the line has no 'picture.jpg#0' before a tab", "A line is the picture, '#', the caption's number, a tab and the caption.");
        try
        {
            return (s_utf8.GetString(line[..mark]), s_utf8.GetString(line[(tab + 1)..]));
        }
        catch (DecoderFallbackException)
        {
            throw new RowProblemException("the line is not valid text: it has broken UTF-8");
        }
    }
}
