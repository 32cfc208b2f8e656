using Microsoft.ML;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet;

/// <content>Cross-validation.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Fits a captioner on all folds of the data but one and scores it on that one, for each fold.</summary>
    /// <param name="data">The data.</param>
    /// <param name="estimator">What makes the captions.</param>
    /// <param name="numberOfFolds">How many folds, at least 2.</param>
    /// <param name="referencesColumnName">As in <see cref="EvaluateCaptions"/>.</param>
    /// <param name="captionColumnName">As in <see cref="EvaluateCaptions"/>.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value of this column share a fold, such as an image's id.</param>
    /// <param name="seed">The same seed makes the same folds; null for that of the context.</param>
    public IReadOnlyList<TrainCatalogBase.CrossValidationResult<CaptionMetrics>> CrossValidateCaptions(
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string referencesColumnName = "References",
        string captionColumnName = "Caption",
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        CrossValidate(
            data, estimator, numberOfFolds, samplingKeyColumnName, seed,
            scored => EvaluateCaptions(scored, referencesColumnName, captionColumnName));

    /// <summary>Fits a model that answers questions on all folds of the data but one and scores it on that one, for each
    /// fold.</summary>
    /// <param name="data">The data.</param>
    /// <param name="estimator">What makes the answers.</param>
    /// <param name="numberOfFolds">How many folds, at least 2.</param>
    /// <param name="answersColumnName">As in <see cref="EvaluateAnswers"/>.</param>
    /// <param name="predictionColumnName">As in <see cref="EvaluateAnswers"/>.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value of this column share a fold, such as an image's id.</param>
    /// <param name="seed">The same seed makes the same folds; null for that of the context.</param>
    public IReadOnlyList<TrainCatalogBase.CrossValidationResult<AnswerMetrics>> CrossValidateAnswers(
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string answersColumnName = "Answers",
        string predictionColumnName = "Prediction",
        string? samplingKeyColumnName = null,
        int? seed = null) =>
        CrossValidate(
            data, estimator, numberOfFolds, samplingKeyColumnName, seed,
            scored => EvaluateAnswers(scored, answersColumnName, predictionColumnName));

    private TrainCatalogBase.CrossValidationResult<T>[] CrossValidate<T>(
        IDataView data, IEstimator<ITransformer> estimator, int numberOfFolds, string? samplingKeyColumnName, int? seed, Func<IDataView, T> evaluate)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfFolds, 2);
        string split = DataOperationsCatalog.CreateSplitColumn(_environment, ref data, samplingKeyColumnName, seed, fallbackInEnvSeed: true);
        var results = new List<TrainCatalogBase.CrossValidationResult<T>>();
        foreach (DataOperationsCatalog.TrainTestData fold in DataOperationsCatalog.CrossValidationSplit(_environment, data, split, numberOfFolds))
        {
            ITransformer model = estimator.Fit(fold.TrainSet);
            IDataView scored = model.Transform(fold.TestSet);
            results.Add(new TrainCatalogBase.CrossValidationResult<T>(model, evaluate(scored), scored, results.Count));
        }
        return [.. results];
    }
}
