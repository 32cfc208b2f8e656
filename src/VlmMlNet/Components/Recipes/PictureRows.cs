using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Data;
using VlmMlNet.Text;

namespace VlmMlNet.Components.Recipes;

/// <summary>Reads the pictures of any of the library's readers with their captions or questions.</summary>
internal static class PictureRows
{
    /// <summary>The rows that have a picture, read as they are asked for.</summary>
    /// <param name="host">For errors.</param>
    /// <param name="data">The data.</param>
    /// <param name="leftOut">Takes the others.</param>
    /// <param name="needsTexts">Whether rows without texts are left out; otherwise those without captions or answers come too, as
    /// the test sets of challenges have them.</param>
    /// <param name="asCaptions">Whether answers of conversations are captions of their pictures.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no column of pictures, or none of texts where they are needed.</exception>
    public static IEnumerable<PictureRow> Read(IHost host, IDataView data, LeftOutRows leftOut, bool needsTexts = true, bool asCaptions = false)
    {
        var schema = data.Schema;
        var image = ColumnKind.Picture.Find(host, schema, "image", VisionLanguageColumns.Image);
        string textColumn = TextColumn(schema);
        if (needsTexts || schema.GetColumnOrNull(textColumn) is not null)
            ColumnKind.Texts.Find(host, schema, "text", textColumn);
        return Iterate(data, image, textColumn, leftOut, needsTexts, asCaptions);
    }

    /// <summary>Whether the data has questions; otherwise captions are what a model is asked for.</summary>
    /// <param name="schema">The data's columns.</param>
    /// <param name="asCaptions">Whether answers of conversations are captions of their pictures.</param>
    public static bool HaveQuestions(DataViewSchema schema, bool asCaptions = false) =>
        TextColumn(schema) != VisionLanguageColumns.Captions && !(asCaptions && HaveConversations(schema));

    /// <summary>Whether the data has conversations, which people made to learn from and not to be scored on.</summary>
    public static bool HaveConversations(DataViewSchema schema) => TextColumn(schema) == VisionLanguageColumns.Conversation;

    /// <summary>Whether there is any text that a model's can be compared with.</summary>
    public static bool HaveTexts(IDataView data)
    {
        if (data.Schema.GetColumnOrNull(TextColumn(data.Schema)) is not { } column)
            return false;
        using var cursor = data.GetRowCursor([column]);
        var read = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> texts = default;
        while (cursor.MoveNext())
        {
            try
            {
                read(ref texts);
            }
            catch (MalformedInputException)
            {
                continue; // whoever reads the row says it
            }
            if (texts.Length > 0)
                return true;
        }
        return false;
    }

    private static string TextColumn(DataViewSchema schema) =>
        schema.GetColumnOrNull(VisionLanguageColumns.Question) is not null ? VisionLanguageColumns.Answers
        : schema.GetColumnOrNull(VisionLanguageColumns.Conversation) is not null ? VisionLanguageColumns.Conversation : VisionLanguageColumns.Captions;

    /// <summary>How many rows there are.</summary>
    public static long Count(IDataView data)
    {
        if (data.GetRowCount() is { } known)
            return known;
        using var cursor = data.GetRowCursor([]);
        long count = 0;
        while (cursor.MoveNext())
            count++;
        return count;
    }

    private static IEnumerable<PictureRow> Iterate(IDataView data, DataViewSchema.Column image, string textColumn, LeftOutRows leftOut, bool needsTexts, bool asCaptions)
    {
        string[] names = [VisionLanguageColumns.Id, textColumn, VisionLanguageColumns.Question, VisionLanguageColumns.AnswerType, VisionLanguageColumns.QuestionType, VisionLanguageColumns.SystemPrompt];
        var columns = names.Select(n => data.Schema.GetColumnOrNull(n)).OfType<DataViewSchema.Column>().Append(image);
        using var cursor = data.GetRowCursor(columns);
        var readImage = ImageColumn.CreateReader(cursor, image);
        var readTexts = data.Schema.GetColumnOrNull(textColumn) is { } column ? cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column) : null;
        Func<string> id = Text(VisionLanguageColumns.Id), question = Text(VisionLanguageColumns.Question),
            answerType = Text(VisionLanguageColumns.AnswerType), questionType = Text(VisionLanguageColumns.QuestionType), system = Text(VisionLanguageColumns.SystemPrompt);
        VBuffer<ReadOnlyMemory<char>> buffer = default;
        while (cursor.MoveNext())
        {
            PictureRow? row = null;
            try
            {
                row = Current();
            }
            catch (MalformedInputException e) when (leftOut.SkipsBadRows)
            {
                leftOut.Add(e.Message);
            }
            if (row is not null)
                yield return row;
        }

        PictureRow? Current()
        {
            readTexts?.Invoke(ref buffer);
            string[] texts = [.. buffer.DenseValues().Select(t => t.ToString())];
            string name = id() is { Length: > 0 } given ? given : cursor.Position.ToString(CultureInfo.InvariantCulture);
            var picture = readImage(cursor.Position);
            if (picture is null || (needsTexts && texts.Length < (textColumn == VisionLanguageColumns.Conversation ? 2 : 1)))
            {
                leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"row {cursor.Position} ({name}): it has no {(picture is null ? "picture" : "answer")}, and is not evaluated."));
                return null;
            }
            if (asCaptions && textColumn == VisionLanguageColumns.Conversation)
            {
                if (texts.Length <= 2)
                    return new PictureRow(name, picture, texts.Length == 2 ? [texts[1]] : [], []);
                leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"row {cursor.Position} ({name}): it has {texts.Length / 2} answers, where one caption is expected, and is not evaluated."));
                return null;
            }
            return textColumn == VisionLanguageColumns.Answers ? new PictureRow(name, picture, [], [new PictureQuestion(question(), texts, answerType(), questionType())])
                : textColumn == VisionLanguageColumns.Captions ? new PictureRow(name, picture, texts, [])
                : new PictureRow(name, picture, [], [.. Turns(texts, system() is { Length: > 0 } said ? said : null)]);
        }

        Func<string> Text(string column)
        {
            if (data.Schema.GetColumnOrNull(column) is not { Type: TextDataViewType } found)
                return () => "";
            var read = cursor.GetGetter<ReadOnlyMemory<char>>(found);
            return () =>
            {
                ReadOnlyMemory<char> value = default;
                read(ref value);
                return value.ToString();
            };
        }
    }

    // Each turn is a question of its own: what came before it is not shown.
    private static IEnumerable<PictureQuestion> Turns(string[] texts, string? system)
    {
        for (int i = 0; i + 1 < texts.Length; i += 2)
            yield return new PictureQuestion(ImagePlaceholder.Remove(texts[i]).Trim(), [texts[i + 1]], System: system);
    }
}
