using Microsoft.ML;
using VlmMlNet.Evaluation.Answers;

namespace VlmMlNet.Tests.Evaluation;

public sealed class CrossValidationTests
{
    private sealed class Image
    {
        public string? Key { get; set; }

        public string[]? References { get; set; }

        public string? Source { get; set; }
    }

    private sealed class Scored
    {
        public string? Key { get; set; }

        public string? Caption { get; set; }
    }

    private readonly MLContext _mlContext = new(seed: 1);

    [Fact]
    public void Each_row_is_scored_in_one_fold_by_a_model_fitted_on_the_others()
    {
        Image[] rows = [.. Enumerable.Range(0, 60).Select(i => new Image
        {
            Key = $"k{i / 3}",
            References = [$"a word{i % 7} on a table", $"word{i % 7}"],
            Source = i % 2 == 0 ? $"a word{i % 7} on a table" : "something else",
        })];
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        var estimator = _mlContext.Transforms.CopyColumns("Caption", "Source");

        var folds = _mlContext.VisionLanguage().CrossValidateCaptions(data, estimator, numberOfFolds: 3, samplingKeyColumnName: "Key");

        Assert.Equal([0, 1, 2], folds.Select(fold => fold.Fold));
        Assert.Equal(60, folds.Sum(fold => fold.Metrics.ImageCount));
        Assert.All(folds, fold => Assert.True(fold.Metrics.Cider > 1));
        string?[][] keys = [.. folds.Select(fold => _mlContext.Data.CreateEnumerable<Scored>(fold.ScoredHoldOutSet, reuseRowObject: false).Select(row => row.Key).Distinct().ToArray())];
        Assert.Equal(20, keys.Sum(fold => fold.Length));   // no key in two folds
        Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.VisionLanguage().CrossValidateCaptions(data, estimator, numberOfFolds: 1));
    }

    private sealed class Question
    {
        public string[]? Answers { get; set; }

        public string? Source { get; set; }
    }

    [Fact]
    public void Answers_are_cross_validated_and_a_split_can_be_scored()
    {
        Question[] rows = [.. Enumerable.Range(0, 40).Select(i => new Question { Answers = [i % 2 == 0 ? "yes" : "no"], Source = "yes" })];
        IDataView data = _mlContext.Data.LoadFromEnumerable(rows);
        var estimator = _mlContext.Transforms.CopyColumns("Prediction", "Source");
        VisionLanguageCatalog vlm = _mlContext.VisionLanguage();

        var folds = vlm.CrossValidateAnswers(data, estimator, numberOfFolds: 4, seed: 3);
        Assert.Equal(20, folds.Sum(fold => fold.Metrics.ExactMatch * fold.Metrics.QuestionCount), 9);
        var again = vlm.CrossValidateAnswers(data, estimator, numberOfFolds: 4, seed: 3);
        Assert.Equal(folds.Select(fold => fold.Metrics.ExactMatch), again.Select(fold => fold.Metrics.ExactMatch));

        DataOperationsCatalog.TrainTestData split = _mlContext.Data.TrainTestSplit(data, 0.25);
        AnswerMetrics metrics = vlm.EvaluateAnswers(estimator.Fit(split.TrainSet).Transform(split.TestSet));
        Assert.InRange(metrics.QuestionCount, 1, 39);
    }
}
