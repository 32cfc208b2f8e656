using Microsoft.ML;
using VlmMlNet.Evaluation;

namespace VlmMlNet;

/// <content>Evaluation of answers to questions.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Scores a column of answers to questions against a column of people's answers.</summary>
    /// <param name="data">The data. It is read once; the columns' texts are held in memory.</param>
    /// <param name="answersColumnName">People's answers: a vector of text of known or varying size, or a text where each
    /// question has one.</param>
    /// <param name="predictionColumnName">The answers to score: text. A missing one answers nothing.</param>
    /// <param name="answerTypeColumnName">The answer types by which the metrics are also given: text; null for the types of
    /// VQA by what people answered.</param>
    /// <param name="questionTypeColumnName">The question types by which the metrics are also given: text; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">There are no rows, or a row has no reference answer.</exception>
    public AnswerMetrics EvaluateAnswers(
        IDataView data,
        string answersColumnName = "Answers",
        string predictionColumnName = "Prediction",
        string? answerTypeColumnName = null,
        string? questionTypeColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        var columns = new List<TextColumn>
        {
            TextColumn.OneOrMany(_environment, data, "answers", answersColumnName),
            TextColumn.One(_environment, data, "prediction", predictionColumnName),
        };
        if (answerTypeColumnName is not null)
            columns.Add(TextColumn.One(_environment, data, "answer type", answerTypeColumnName));
        if (questionTypeColumnName is not null)
            columns.Add(TextColumn.One(_environment, data, "question type", questionTypeColumnName));

        List<string[]>[] values = [.. columns.Select(_ => new List<string[]>())];
        using DataViewRowCursor cursor = data.GetRowCursor(columns.Select(column => column.Column));
        Func<string[]>[] getters = [.. columns.Select(column => column.Getter(cursor))];
        while (cursor.MoveNext())
        {
            for (int i = 0; i < getters.Length; i++)
                values[i].Add(getters[i]());
        }

        string[] Single(int column) => [.. values[column].Select(texts => texts[0])];
        return AnswerScorer.Score(
            Single(1),
            values[0],
            answerTypeColumnName is null ? null : Single(2),
            questionTypeColumnName is null ? null : Single(columns.Count - 1));
    }
}
