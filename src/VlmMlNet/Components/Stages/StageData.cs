using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Stages;

/// <summary>A data view as training examples: one per conversation, or one per caption.</summary>
internal static class StageData
{
    /// <summary>Counts the examples in one pass over the texts, and reads them again in each epoch. Pictures are decoded when
    /// their batch is made.</summary>
    public static TrainingSet Open(IHost host, IDataView data, StageColumns columns, string captionPrompt)
    {
        var picture = columns.PictureKind.Find(host, data.Schema, columns.PictureRole, columns.Picture);
        var text = columns.TextKind.Find(host, data.Schema, columns.TextRole, columns.Text);
        DataViewSchema.Column? prompt = columns.Prompt is { } name ? ColumnKind.Text.Find(host, data.Schema, "prompt", name) : null;
        DataViewSchema.Column[] texts = prompt is { } column ? [text, column] : [text];
        ConversationReader Texts(DataViewRow row) => new(row, text, columns.AreCaptions, prompt, captionPrompt);

        long Count()
        {
            long count = 0;
            using var cursor = data.GetRowCursor(texts);
            var conversations = Texts(cursor);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                count += conversations.Count();
            }
            return count;
        }

        IEnumerable<TrainingExample> Read()
        {
            using var cursor = data.GetRowCursor([picture, .. texts]);
            var readPicture = columns.Form == PictureForm.Pixels ? ImageColumn.CreateReader(cursor, picture) : Features(cursor, picture, columns.Form);
            var conversations = Texts(cursor);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                long row = cursor.Position;
                if (conversations.Count() == 0)
                    continue;
                var given = readPicture(row);
                if (given is null && columns.AreCaptions)
                    throw new MalformedInputException($"column '{picture.Name}'", "the row has captions but no picture", "Filter such rows out.", row);
                foreach (var messages in conversations.Read(row, given is not null))
                    yield return new TrainingExample($"row {row}", messages, given is null ? [] : [given]);
            }
        }

        return new TrainingSet(Count(), Read);
    }

    private static Func<long, ImageInput?> Features(DataViewRow row, DataViewSchema.Column column, PictureForm form)
    {
        var vectors = new FloatRows(row, column);
        return number =>
        {
            vectors.Clear();
            vectors.Add(number);
            string name = $"column '{column.Name}', row {number}";
            return vectors.IsMissing(0) ? null
                : form == PictureForm.Patches ? ImageInput.FromPatches(vectors.Row(0).ToArray(), name)
                : ImageInput.FromVisualTokens(vectors.Row(0).ToArray(), name);
        };
    }
}
