using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using Microsoft.Data.Analysis;

namespace VlmMlNet.Evaluation.Output;

/// <summary>Metrics as tables of Microsoft.Data.Analysis: to look at in a notebook, to join with other columns, to save as
/// CSV.</summary>
public static class MetricsDataFrames
{
    /// <summary>The totals: a row for each metric, with the columns <c>Metric</c> and <c>Score</c>.</summary>
    public static DataFrame ToDataFrame(this CaptionMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        (string Name, double Score)[] scores =
        [
            ("CIDEr", metrics.Cider), ("CIDEr (plain)", metrics.CiderPlain), ("BLEU-1", metrics.Bleu1), ("BLEU-2", metrics.Bleu2),
            ("BLEU-3", metrics.Bleu3), ("BLEU-4", metrics.Bleu4), ("ROUGE-L", metrics.RougeL),
        ];
        return new DataFrame(
            new StringDataFrameColumn("Metric", scores.Select(score => score.Name)),
            new DoubleDataFrameColumn("Score", scores.Select(score => score.Score)));
    }

    /// <summary>A row for each image, with its zero-based <c>Row</c>, a column for each metric, and <c>Id</c> where the data
    /// has one.</summary>
    public static DataFrame PerImageToDataFrame(this CaptionMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var frame = new DataFrame(
            new Int32DataFrameColumn("Row", metrics.PerImage.Select(image => image.Row)),
            new DoubleDataFrameColumn("Cider", metrics.PerImage.Select(image => image.Cider)),
            new DoubleDataFrameColumn("CiderPlain", metrics.PerImage.Select(image => image.CiderPlain)),
            new DoubleDataFrameColumn("Bleu1", metrics.PerImage.Select(image => image.Bleu1)),
            new DoubleDataFrameColumn("Bleu2", metrics.PerImage.Select(image => image.Bleu2)),
            new DoubleDataFrameColumn("Bleu3", metrics.PerImage.Select(image => image.Bleu3)),
            new DoubleDataFrameColumn("Bleu4", metrics.PerImage.Select(image => image.Bleu4)),
            new DoubleDataFrameColumn("RougeL", metrics.PerImage.Select(image => image.RougeL)));
        AddIds(frame, [.. metrics.PerImage.Select(image => image.Id)]);
        return frame;
    }

    /// <summary>The totals: a row for all questions, then one for each answer type and each question type, with the number
    /// of <c>Questions</c>, a column for each metric, and the majority answer beside.</summary>
    public static DataFrame ToDataFrame(this AnswerMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        List<(string Group, AnswerMetrics Metrics)> rows = [("all", metrics)];
        rows.AddRange(metrics.PerAnswerType.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => (type.Key, type.Value)));
        rows.AddRange(metrics.PerQuestionType.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => (type.Key, type.Value)));
        return new DataFrame(
            new StringDataFrameColumn("Group", rows.Select(row => row.Group)),
            new Int32DataFrameColumn("Questions", rows.Select(row => row.Metrics.QuestionCount)),
            new DoubleDataFrameColumn("VqaAccuracy", rows.Select(row => row.Metrics.VqaAccuracy)),
            new DoubleDataFrameColumn("ExactMatch", rows.Select(row => row.Metrics.ExactMatch)),
            new DoubleDataFrameColumn("TokenF1", rows.Select(row => row.Metrics.TokenF1)),
            new DoubleDataFrameColumn("TokenRecall", rows.Select(row => row.Metrics.TokenRecall)),
            new DoubleDataFrameColumn("Bleu1", rows.Select(row => row.Metrics.Bleu1)),
            new DoubleDataFrameColumn("YesNoAccuracy", rows.Select(row => row.Metrics.YesNoAccuracy)),
            new StringDataFrameColumn("MajorityAnswer", rows.Select(row => row.Metrics.MajorityAnswer.Text)),
            new DoubleDataFrameColumn("MajorityVqaAccuracy", rows.Select(row => row.Metrics.MajorityAnswer.VqaAccuracy)),
            new DoubleDataFrameColumn("MajorityExactMatch", rows.Select(row => row.Metrics.MajorityAnswer.ExactMatch)));
    }

    /// <summary>A row for each question, with its zero-based <c>Row</c>, its types, a column for each metric, and <c>Id</c>
    /// where the data has one; <c>YesNo</c> is null where people answer with neither.</summary>
    public static DataFrame PerQuestionToDataFrame(this AnswerMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var frame = new DataFrame(
            new Int32DataFrameColumn("Row", metrics.PerQuestion.Select(question => question.Row)),
            new StringDataFrameColumn("AnswerType", metrics.PerQuestion.Select(question => question.AnswerType)),
            new StringDataFrameColumn("QuestionType", metrics.PerQuestion.Select(question => question.QuestionType)),
            new DoubleDataFrameColumn("VqaAccuracy", metrics.PerQuestion.Select(question => question.VqaAccuracy)),
            new DoubleDataFrameColumn("ExactMatch", metrics.PerQuestion.Select(question => question.ExactMatch)),
            new DoubleDataFrameColumn("TokenF1", metrics.PerQuestion.Select(question => question.TokenF1)),
            new DoubleDataFrameColumn("TokenRecall", metrics.PerQuestion.Select(question => question.TokenRecall)),
            new DoubleDataFrameColumn("Bleu1", metrics.PerQuestion.Select(question => question.Bleu1)),
            new DoubleDataFrameColumn("YesNo", metrics.PerQuestion.Select(question => question.YesNo)));
        AddIds(frame, [.. metrics.PerQuestion.Select(question => question.Id)]);
        return frame;
    }

    private static void AddIds(DataFrame frame, string?[] ids)
    {
        if (Array.Exists(ids, id => id is not null))
            frame.Columns.Add(new StringDataFrameColumn("Id", ids));
    }
}
