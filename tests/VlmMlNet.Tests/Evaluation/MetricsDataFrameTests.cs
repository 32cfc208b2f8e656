using Microsoft.Data.Analysis;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet.Tests.Evaluation;

public sealed class MetricsDataFrameTests
{
    [Fact]
    public void Caption_metrics_are_tables()
    {
        CaptionMetrics metrics = CaptionScorer.Score(["a red ball", "a cube"], [["a red ball"], ["a blue cube", "cube"]]);
        DataFrame totals = metrics.ToDataFrame();
        Assert.Equal(["CIDEr", "CIDEr (plain)", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L"], totals["Metric"].Cast<string>());
        Assert.Equal(metrics.Cider, totals["Score"][0]);
        Assert.Equal(metrics.RougeL, totals["Score"][6]);
        DataFrame images = metrics.PerImageToDataFrame();
        Assert.Equal(2, images.Rows.Count);
        Assert.Equal([1, metrics.PerImage[1].Cider, metrics.PerImage[1].CiderPlain], images.Rows[1].Take(3));
        Assert.Equal(metrics.PerImage[1].RougeL, images["RougeL"][1]);
    }

    [Fact]
    public void Answer_metrics_are_tables()
    {
        AnswerMetrics metrics = AnswerScorer.Score(["yes", "red", "3"], [["yes"], ["blue"], ["3"]], questionTypes: ["is", null, "how many"]);
        DataFrame totals = metrics.ToDataFrame();
        Assert.Equal(["all", "number", "other", "yes/no", "how many", "is"], totals["Group"].Cast<string>());
        Assert.Equal([3, 1, 1, 1, 1, 1], totals["Questions"].Cast<int>());
        Assert.Equal([2.0 / 3, 1, 0, 1, 1, 1], totals["ExactMatch"].Cast<double>());
        Assert.Equal("yes", totals["MajorityAnswer"][3]);
        DataFrame questions = metrics.PerQuestionToDataFrame();
        Assert.Equal([1.0, null, null], questions["YesNo"].Cast<double?>());
        Assert.Equal(["is", null, "how many"], questions["QuestionType"].Cast<string?>());
    }
}
