using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Data;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Quickstart;

/// <summary>One question about a test picture.</summary>
internal sealed record SceneQuestionRow(string Image, string Question, string Answer);

/// <summary>How well a model does on the held-out scenes.</summary>
/// <param name="Captions">The metrics of its captions.</param>
/// <param name="Texts">Its captions, in the order of the test file.</param>
/// <param name="Answers">The metrics of its answers.</param>
/// <param name="AnswerTexts">Its answers, in the order of the test file.</param>
internal sealed record QuickstartScores(CaptionMetrics Captions, IReadOnlyList<string> Texts, AnswerMetrics Answers, IReadOnlyList<string> AnswerTexts);

/// <summary>Captions and questions about scenes with combinations that no training scene shows, read from their published formats.</summary>
internal sealed class QuickstartEvaluation
{
    private const int MaxAnswerTokens = 8;
    private readonly MLContext _context;
    private readonly VisionLanguageCatalog _vlm;
    private readonly IDataView _captionData;
    private readonly string _captionPrompt;
    private readonly int _maxCaptionTokens;

    public QuickstartEvaluation(MLContext context, string captionsFile, string questionsFile, string imageFolder, string captionPrompt, int maxCaptionTokens)
    {
        (_context, _vlm, _captionPrompt, _maxCaptionTokens) = (context, context.VisionLanguage(), captionPrompt, maxCaptionTokens);
        _captionData = _vlm.Data.LoadCocoCaptions(captionsFile, imageFolder);
        Images = _captionData.GetColumn<string>(VisionLanguageColumns.Image).ToList();
        References = _captionData.GetColumn<string[]>(VisionLanguageColumns.Captions).ToList();
        var questions = _vlm.Data.LoadLlava(questionsFile, imageFolder);
        Questions = questions.GetColumn<string>(VisionLanguageColumns.Image)
            .Zip(questions.GetColumn<string[]>(VisionLanguageColumns.Conversation), (image, turns) => new SceneQuestionRow(image, turns[0], turns[1])).ToList();
    }

    /// <summary>Paths of the captioned pictures.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>People's captions of each.</summary>
    public IReadOnlyList<string[]> References { get; }

    /// <summary>The questions.</summary>
    public IReadOnlyList<SceneQuestionRow> Questions { get; }

    /// <summary>Captions and answers everything with a model, as an ML.NET pipeline would.</summary>
    public QuickstartScores Score(VisionLanguageModel model, CancellationToken cancellationToken)
    {
        var pipeline = _context.Transforms.ImageEncoder(model, "Patches", VisionLanguageColumns.Image)
            .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, Prompt = _captionPrompt, MaxTokens = _maxCaptionTokens, BatchSize = 32, CancellationToken = cancellationToken }));
        var captioner = pipeline.Fit(_captionData);
        var texts = captioner.Transform(_captionData).GetColumn<string>("Caption").ToList();
        var captions = CaptionScorer.Score(texts, References);

        var pictures = Images.Concat(Questions.Select(q => q.Image)).Distinct().ToDictionary(path => path, path => ImageDecoder.Decode(path));
        var answers = AnswerGenerator.Answer(model, Questions.Select(q => pictures[q.Image]).ToList(), Questions.Select(q => q.Question).ToList(),
            new GenerationOptions { MaxTokens = MaxAnswerTokens, BatchSize = 64 }, cancellationToken);
        return new QuickstartScores(captions, texts, AnswerScorer.Score(answers, Questions.Select(q => (IReadOnlyList<string>)[q.Answer]).ToList()), answers);
    }
}
