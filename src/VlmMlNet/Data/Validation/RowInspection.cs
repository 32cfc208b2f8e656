using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Validation;

/// <summary>Reads the good rows of a data set through, counts their texts and gives their pictures.</summary>
/// <param name="data">The data set.</param>
/// <param name="options">What is looked at.</param>
/// <param name="badRows">How many rows before the one that was read last are bad: it is their number more than good ones that a
/// row's place in the file is.</param>
internal sealed class RowInspection(IDataView data, DataValidationOptions options, Func<long> badRows)
{
    public long Rows { get; private set; }

    public long RowsWithPicture { get; private set; }

    public long Captions { get; private set; }

    public long Turns { get; private set; }

    public long AnsweredQuestions { get; private set; }

    public long CaptionedRows { get; private set; }

    /// <summary>The first question that nobody has answered, or picture that nobody has given a caption; null where there is none.</summary>
    public long? FirstUnanswered { get; private set; }

    /// <summary>What ended the reading before the end of the data; null where nothing did.</summary>
    public MalformedInputException? Failure { get; private set; }

    /// <summary>One pass over the data: all rows, however few of the pictures are taken.</summary>
    public IEnumerable<RowPicture> Pictures()
    {
        DataViewSchema.Column? image = options.Images == ImageCheck.None ? null : data.Schema.GetColumnOrNull(VisionLanguageColumns.Image);
        DataViewSchema.Column? path = data.Schema.GetColumnOrNull(VisionLanguageColumns.ImagePath);
        string[] texts = [.. new[] { VisionLanguageColumns.Captions, VisionLanguageColumns.Conversation, VisionLanguageColumns.Answers }.Where(name => data.Schema.GetColumnOrNull(name) is not null)];
        using DataViewRowCursor cursor = data.GetRowCursor([.. texts.Select(name => data.Schema[name]), .. new[] { image, path }.OfType<DataViewSchema.Column>()]);
        Func<int>[] lengths = [.. texts.Select(name => Length(cursor, name))];
        Func<RowPicture?>? picture = image is { } column ? Picture(cursor, column) : null;
        ValueGetter<ReadOnlyMemory<char>>? getPath = path is { } named ? cursor.GetGetter<ReadOnlyMemory<char>>(named) : null;
        while (MoveNext(cursor))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < texts.Length; i++)
                Count(texts[i], lengths[i]());
            RowPicture? found = Rows < (options.ImageRows ?? long.MaxValue) ? picture?.Invoke() : null;
            ReadOnlyMemory<char> name = default;
            getPath?.Invoke(ref name);
            if (found is not null || name.Length > 0)
                RowsWithPicture++;
            Rows++;
            if (Rows % 1000 == 0)
                options.Progress?.Invoke("reading rows", Rows);
            if (found is { } taken)
                yield return taken;
        }
        options.Progress?.Invoke("reading rows", Rows);
    }

    private bool MoveNext(DataViewRowCursor cursor)
    {
        try
        {
            return cursor.MoveNext();
        }
        catch (MalformedInputException e)
        {
            Failure = e;
            return false;
        }
    }

    private void Count(string column, int length)
    {
        if (column == VisionLanguageColumns.Captions)
            (Captions, CaptionedRows) = (Captions + length, CaptionedRows + (length > 0 ? 1 : 0));
        if (column == VisionLanguageColumns.Conversation)
            Turns += length;
        else if (column == VisionLanguageColumns.Answers && length > 0)
            AnsweredQuestions++;
        if (length == 0 && column != VisionLanguageColumns.Conversation)
            FirstUnanswered ??= Rows + badRows();
    }

    private static Func<int> Length(DataViewRow row, string name)
    {
        var get = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(row.Schema[name]);
        VBuffer<ReadOnlyMemory<char>> texts = default;
        return () =>
        {
            get(ref texts);
            return texts.Length;
        };
    }

    private Func<RowPicture?> Picture(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var getPath = row.GetGetter<ReadOnlyMemory<char>>(column);
            return () =>
            {
                ReadOnlyMemory<char> path = default;
                getPath(ref path);
                return path.Span.IsWhiteSpace() ? null : new RowPicture(Rows + badRows(), path.ToString(), []);
            };
        }
        var getBytes = row.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> bytes = default;
        var cursor = row as ReadingCursor;
        return () =>
        {
            if (cursor?.PictureFile is { } file)
                return new RowPicture(Rows + badRows(), file, []);
            getBytes(ref bytes);
            return bytes.Length == 0 ? null : new RowPicture(Rows + badRows(), null, [.. bytes.DenseValues()]);
        };
    }
}
