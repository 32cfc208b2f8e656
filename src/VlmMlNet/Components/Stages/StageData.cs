using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;
using VlmMlNet.Imaging;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Stages;

/// <summary>A data view as training examples: one per conversation, or one per caption.</summary>
internal static class StageData
{
    /// <summary>Counts the examples, in one pass over the texts where the number of rows does not tell, and reads them again in
    /// each epoch. Pictures are decoded when their batch is made.</summary>
    /// <param name="host">The environment.</param>
    /// <param name="data">The rows.</param>
    /// <param name="columns">What is learned from.</param>
    /// <param name="captionPrompt">What captions answer.</param>
    /// <param name="skipsBadRows">Whether a row without picture or answer is an example with a <see cref="TrainingExample.Problem"/>,
    /// for the run to leave out and count, instead of an error.</param>
    public static TrainingSet Open(IHost host, IDataView data, StageColumns columns, string captionPrompt, bool skipsBadRows)
    {
        data = (data as IRowStream)?.ToLearnFrom() ?? data;
        var picture = columns.PictureKind.Find(host, data.Schema, columns.PictureRole, columns.Picture);
        var text = columns.TextKind.Find(host, data.Schema, columns.TextRole, columns.Text);
        DataViewSchema.Column? prompt = columns.Prompt is { } name ? ColumnKind.Text.Find(host, data.Schema, "prompt", name) : null;
        DataViewSchema.Column? captions = columns.Captions is { } other ? ColumnKind.TextOrTexts.Find(host, data.Schema, "captions", other) : null;
        DataViewSchema.Column? system = columns.AreCaptions ? null : ConversationReader.FindSystem(data.Schema);
        DataViewSchema.Column[] texts = [.. new[] { text, prompt, captions, system }.OfType<DataViewSchema.Column>()];
        ConversationReader Texts(DataViewRow row) => new(row, text, columns.AreCaptions, prompt, captionPrompt, system);
        ConversationReader? Captions(DataViewRow row) => captions is { } found ? new(row, found, separateAnswers: true, prompt, captionPrompt) : null;

        // What a reader below views of others cannot leave out itself. Rows that are of no file have no example where their text is missing.
        bool? skips = LearnedColumns.SkipBadRows(text);
        bool LeavesOut(int found, ConversationReader conversations) => found == 0 ? skips != false : skips == true && conversations.IsUnanswered;

        (long Examples, long Rows) Count()
        {
            if (!skipsBadRows && data is IRowStream stream && columns.Text == (columns.AreCaptions ? VisionLanguageColumns.Captions : VisionLanguageColumns.Conversation))
                return (stream.CountExamples(), stream.CountRows());
            long count = 0, rows = 0, unanswered = 0;
            using var cursor = data.GetRowCursor(texts);
            var conversations = Texts(cursor);
            var inPlace = Captions(cursor);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                try
                {
                    int found = conversations.Count() is > 0 and var first ? first : inPlace?.Count() ?? 0;
                    bool isLeftOut = LeavesOut(found, conversations);
                    unanswered += isLeftOut ? 1 : 0;
                    // One without an answer is an example with a problem: the run fails at it, or leaves it out and counts it.
                    count += isLeftOut ? 0 : Math.Max(found, 1);
                }
                catch (MalformedInputException) when (skipsBadRows)
                {
                    count++;
                }
                rows++;
            }
            if (unanswered > 0)
                StageLog.Warn(host, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{unanswered} rows without an answer were left out, {rows - unanswered} rows are good."));
            return (count, rows);
        }

        IEnumerable<IReadOnlyList<TrainingExample>> Read(Random? order, long firstRow)
        {
            using var cursor = CursorAt(data, [picture, .. texts], order, firstRow);
            var id = cursor.GetIdGetter();
            var readPicture = columns.Form == PictureForm.Pixels ? ImageColumn.CreateReader(cursor, picture) : Features(cursor, picture, columns.Form);
            var mixture = cursor as MixtureCursor;
            var conversations = Texts(cursor);
            var inPlace = Captions(cursor);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                long row = NumberOf(cursor, id);
                string name = mixture is null ? $"row {row}" : $"{mixture.DatasetName}, row {row}";
                IReadOnlyList<TrainingExample> examples;
                try
                {
                    examples = Examples(row, name);
                }
                catch (MalformedInputException e) when (skipsBadRows)
                {
                    examples = [TrainingExample.Unusable(name, e)];
                }
                yield return examples;
            }

            IReadOnlyList<TrainingExample> Examples(long row, string name)
            {
                bool areCaptions = columns.AreCaptions || inPlace is not null && conversations.Count() == 0;
                var learned = areCaptions && !columns.AreCaptions ? inPlace! : conversations;
                if (LeavesOut(learned.Count(), conversations))
                    return [];
                if (learned.Count() == 0)
                    throw new MalformedInputException($"column '{text.Name}'", columns.AreCaptions ? "the row has no caption" : "the row has no answer", RowRules.Remedy, row);
                var given = readPicture(row);
                if (given is null && areCaptions)
                    throw new MalformedInputException($"column '{picture.Name}'", "the row has captions but no picture", "Filter such rows out.", row);
                return [.. learned.Read(row, given is not null).Select(messages => new TrainingExample(name, messages, given is null ? [] : [given]))];
            }
        }

        var (count, rowCount) = Count();
        if (rowCount == 0 && data is FileDataView file)
            throw new MalformedInputException(file.Path, "it holds no rows", "Give a file that holds some, or leave it out.");
        return new TrainingSet(count, rowCount, Read);
    }

    private static DataViewRowCursor CursorAt(IDataView data, IEnumerable<DataViewSchema.Column> columns, Random? order, long firstRow)
    {
        if (data is IRowStream stream)
            return stream.GetRowCursor(columns, order, firstRow);
        var cursor = data.GetRowCursor(columns); // one order for the same rows, whatever transforms or caches lie between
        try
        {
            while (firstRow-- > 0 && cursor.MoveNext())
            {
            }
            return cursor;
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    // What is shuffled or filtered keeps the numbers of the data that it comes from.
    private static long NumberOf(DataViewRowCursor cursor, ValueGetter<DataViewRowId> getId)
    {
        DataViewRowId id = default;
        getId(ref id);
        return (id.High == 0 || cursor is MixtureCursor) && id.Low <= long.MaxValue ? (long)id.Low : cursor.Position;
    }

    private static Func<long, ImageSource?> Features(DataViewRow row, DataViewSchema.Column column, PictureForm form)
    {
        var vectors = new FloatRows(row, column);
        return number =>
        {
            vectors.Clear();
            vectors.Add(number);
            string name = $"column '{column.Name}', row {number}";
            return vectors.IsMissing(0) ? null
                : form == PictureForm.Patches ? ImageSource.FromPatches(vectors.Row(0).ToArray(), name)
                : ImageSource.FromVisualTokens(vectors.Row(0).ToArray(), name);
        };
    }
}
