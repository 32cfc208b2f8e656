using VlmMlNet.Evaluation;

namespace VlmMlNet.Components.Recipes;

/// <summary>How good a model is on a data set.</summary>
/// <param name="Predictions">All answers, in the order of the data.</param>
/// <param name="Captions">Scores of the captions; null where the data has questions.</param>
/// <param name="Answers">Scores of the answers; null where the data has captions.</param>
/// <param name="NearestNeighbour">Scores of the nearest-neighbour baseline on the same pictures; null where none was asked for.</param>
public sealed record ModelEvaluation(IReadOnlyList<ModelPrediction> Predictions, CaptionMetrics? Captions, AnswerMetrics? Answers, CaptionMetrics? NearestNeighbour);
