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
        var image = ColumnKind.Picture.Find(host, data.Schema, "image", columns.Image);
        var text = (columns.AreCaptions ? ColumnKind.TextOrTexts : ColumnKind.Texts).Find(host, data.Schema, columns.AreCaptions ? "captions" : "conversation", columns.Text);
        ConversationReader Texts(DataViewRow row) => new(row, text, columns.AreCaptions, prompt: null, captionPrompt);

        long Count()
        {
            long count = 0;
            using var cursor = data.GetRowCursor([text]);
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
            using var cursor = data.GetRowCursor([image, text]);
            var readImage = ImageColumn.CreateReader(cursor, image);
            var conversations = Texts(cursor);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                long row = cursor.Position;
                if (conversations.Count() == 0)
                    continue;
                var picture = readImage(row);
                if (picture is null && columns.AreCaptions)
                    throw new MalformedInputException($"column '{image.Name}'", "the row has captions but no picture", "Filter such rows out.", row);
                foreach (var messages in conversations.Read(row, picture is not null))
                    yield return new TrainingExample($"row {row}", messages, picture is null ? [] : [picture]);
            }
        }

        return new TrainingSet(Count(), Read);
    }
}
