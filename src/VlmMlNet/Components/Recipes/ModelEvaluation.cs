using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Output;
using VlmMlNet.Files;

namespace VlmMlNet.Components.Recipes;

/// <summary>How good a model is on a data set.</summary>
/// <param name="Predictions">All answers, in the order of the data.</param>
/// <param name="Captions">Scores of the captions; null where the data has questions, or no captions to compare with.</param>
/// <param name="Answers">Scores of the answers; null where captions were asked for, or the data has no answers to compare with.</param>
/// <param name="NearestNeighbour">Scores of the nearest-neighbour baseline on the same pictures; null where none was asked for.</param>
public sealed record ModelEvaluation(IReadOnlyList<ModelPrediction> Predictions, CaptionMetrics? Captions, AnswerMetrics? Answers, CaptionMetrics? NearestNeighbour)
{
    /// <summary>Rows that were left out: those of text alone and those that nobody has answered, and, where
    /// <see cref="ModelEvaluationOptions.SkipUnreadableImages"/> says so, those with an unreadable picture or without one.</summary>
    public long Skipped { get; init; }

    /// <summary>CIDEr of captions, the share of exact matches of answers; NaN where nothing is scored.</summary>
    internal double Score => Captions?.Cider ?? Answers?.ExactMatch ?? double.NaN;

    /// <summary>How predictions are written.</summary>
    internal static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether questions were answered, not captions made.</summary>
    internal bool IsOfQuestions { get; init; } = Captions is null;

    /// <summary>Writes the predictions in the challenges' results format, which pycocoevalcap, the VQA evaluation and
    /// <see cref="VisionLanguageCatalog.EvaluateCaptionResults"/> read: <c>image_id</c> and <c>caption</c>, or <c>question_id</c> and
    /// <c>answer</c>.</summary>
    /// <param name="path">The file, which appears when it is complete; its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="MalformedInputException">Two predictions have the same id, as the turns of one conversation.</exception>
    public void WriteResults(string path) =>
        (IsOfQuestions ? ResultsFile.Answers : ResultsFile.Captions).Write(path, Predictions.Select(p => KeyValuePair.Create(p.Id, p.Answer)));

    /// <summary>Writes the predictions as a JSON array, to read through.</summary>
    /// <param name="path">The file, which appears when it is complete; its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void WritePredictions(string path) => PendingFile.Write(path, length: 0, stream => JsonSerializer.Serialize(stream, Predictions, Json));
}
