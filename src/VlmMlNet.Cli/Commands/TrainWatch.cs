using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Report;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Files;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;
using VlmMlNet.Text;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Cli.Commands;

/// <summary>What is seen of one run of <c>vlm train</c>: validation, curves, findings and the report, which is written after each stage.</summary>
/// <param name="vlm">The catalog.</param>
/// <param name="settings">The run.</param>
/// <param name="output">Its folder.</param>
/// <param name="skipped">Takes rows that are left out.</param>
internal sealed class TrainWatch(VisionLanguageCatalog vlm, TrainSettings settings, OutputFolder output, SkippedRows skipped)
{
    private const int SampleCount = 8, SampleLooked = 200, SampleSize = 224, SampleTokens = 64, MostSentences = 1000;
    private List<(TrainSample Shown, RgbImage Picture)>? _samples;

    /// <summary>Data that is scored; null without.</summary>
    public IDataView? Validation { get; init; }

    /// <summary>Where the pictures of the report come from.</summary>
    public required TrainingSet SampleData { get; init; }

    private string MetricsPath => Path.Combine(output.FullPath, MetricsFile.Name);

    /// <summary>Finds what is wrong before data is read.</summary>
    /// <exception cref="IOException">A file or folder is not as it has to be.</exception>
    public static void Check(TrainSettings settings)
    {
        if (settings.Watch.KeptText is { } text)
            RegularFile.Check(text);
        if (settings.Watch.TensorBoard is not { } folder || settings.Resume || settings.Force)
            return;
        if (File.Exists(folder))
            throw new IOException($"--tensorboard {folder} is a file. Give the name of a folder.");
        if (settings.Stages.Select(number => TrainingStage.Paper[number].Name).FirstOrDefault(stage => EventFiles.Exist(folder, stage)) is { } taken)
            throw new IOException($"--tensorboard {folder} holds curves of another run's {taken}. Give another folder, or replace them with --force.");
    }

    /// <summary>Sentences that are not trained on; null where there are none.</summary>
    /// <exception cref="MalformedInputException">The file has none.</exception>
    public static TrainingSet? ReadKeptText(TrainSettings settings)
    {
        if (settings.Watch.KeptText is not { } path)
            return settings.IsTiny ? null : KeptText.Default;
        var sentences = File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line)).Take(MostSentences).ToList();
        return sentences.Count > 0 ? KeptText.Of(sentences) : throw new MalformedInputException(path, "it holds no sentence", "Give a text file with a sentence on each line.");
    }

    /// <summary>A run that is watched.</summary>
    /// <param name="run">The run.</param>
    /// <param name="examples">Of <see cref="Validation"/>.</param>
    /// <param name="keptText">See <see cref="ReadKeptText"/>.</param>
    /// <param name="display">Where it is told.</param>
    public TrainingRun Apply(TrainingRun run, TrainingSet? examples, TrainingSet? keptText, ProgressDisplay display) => run with
    {
        ValidationData = examples,
        Validation = settings.Watch.Validation,
        ValidationScore = examples is not null && settings.Watch.MeasuresScore ? model => Evaluate(model, run.CancellationToken).Score : null,
        Validated = v => display.WriteLine(string.Create(CultureInfo.InvariantCulture, $"validation after step {v.Step}: loss {v.Loss:F3}{(v.Score is { } score ? $", score {ScoreText.Number(score)}" : "")}")),
        KeptText = keptText,
        TensorBoardFolder = settings.Watch.TensorBoard,
        Diagnosed = d => display.WriteLine($"warning: {d.Text}"),
    };

    /// <summary>After a stage was saved: scores it, lets it say something, and writes the report.</summary>
    public void Finished(TrainingStage stage, VisionLanguageModel model, TrainingHistory history, ProgressDisplay display, CancellationToken cancellationToken)
    {
        var line = new MetricsLine { Stage = stage.Name, Step = history.Points.Count };
        if (Validation is not null)
        {
            var evaluation = Evaluate(model, cancellationToken);
            display.WriteLine(evaluation.Captions is { } captions
                ? string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: CIDEr {ScoreText.Number(captions.Cider)} on {captions.ImageCount} pictures")
                : string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: exact match {ScoreText.Percent(evaluation.Answers!.ExactMatch)} of {evaluation.Answers.QuestionCount} questions"));
            line = line with { Score = MetricsLine.Finite(evaluation.Score), ScoreName = evaluation.Captions is null ? "Exact match" : "CIDEr" };
        }
        var samples = Samples();
        if (samples.Count > 0)
            line = line with { Captions = AnswerGenerator.Answer(model, samples.ConvertAll(s => s.Picture), samples.ConvertAll(s => s.Shown.Question), new GenerationOptions { MaxTokens = SampleTokens, BatchSize = SampleCount }, cancellationToken) };
        try
        {
            MetricsFile.Append(MetricsPath, line);
            TrainReport.Write(Path.Combine(output.FullPath, TrainReport.Name), new TrainReportData
            {
                Title = $"Training of {Path.GetFileName(output.Name)}",
                Metrics = [.. MetricsFile.Read(MetricsPath)],
                Parameters = model.CountParameters(),
                Settings = Settings(model),
                Samples = samples.ConvertAll(s => s.Shown),
                SamplesAreTrainedOn = Validation is null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            display.WriteLine($"warning: the report could not be written: {ErrorText.Of(e.Message)}"); // the model is saved, and training goes on
        }
    }

    private ModelEvaluation Evaluate(VisionLanguageModel model, CancellationToken cancellationToken) => vlm.EvaluateModel(model, Validation!, new ModelEvaluationOptions
    {
        Limit = settings.ValidationLimit,
        SkipUnreadableImages = settings.SkipUnreadableImages,
        RowSkipped = skipped.Add,
        CancellationToken = cancellationToken,
    });

    // The first pictures that differ and can be read.
    private List<(TrainSample Shown, RgbImage Picture)> Samples()
    {
        if (_samples is not null)
            return _samples;
        _samples = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var example in SampleData.Read().Take(SampleLooked))
        {
            if (example.Problem is not null || example.Images.Count != 1 || example.Messages is not [.., { Role: "assistant" }] || !seen.Add(example.PictureKey))
                continue;
            try
            {
                var picture = example.Images[0].Decode();
                string question = example.Messages.First(m => m.Role == "user").Content.Replace(ImageToken.Text, "", StringComparison.Ordinal).Trim();
                _samples.Add((new TrainSample(PngWriter.ToBytes(Small(picture)), question, example.Messages.First(m => m.Role == "assistant").Content), picture));
            }
            catch (Exception e) when (e is MalformedInputException or IOException or InvalidOperationException)
            {
                continue; // whoever learns from it says it
            }
            if (_samples.Count == SampleCount)
                break;
        }
        return _samples;
    }

    private static RgbImage Small(RgbImage picture)
    {
        double factor = Math.Min(1, SampleSize / (double)Math.Max(picture.Width, picture.Height));
        return factor == 1 ? picture : ImageResizer.Resize(picture, Math.Max(1, (int)(picture.Width * factor)), Math.Max(1, (int)(picture.Height * factor)));
    }

    private List<KeyValuePair<string, string>> Settings(VisionLanguageModel model)
    {
        string Text(FormattableString text) => FormattableString.Invariant(text);
        var vision = model.Network.Vision.Config;
        var language = model.Network.Language.Config;
        return
        [
            new("data", string.Join(", ", settings.Data)),
            .. settings.Instructions.Length > 0 ? [new KeyValuePair<string, string>("instructions", string.Join(", ", settings.Instructions))] : Array.Empty<KeyValuePair<string, string>>(),
            new("start", settings.Model ?? (settings.Vision is { } backbone ? $"{backbone}, {settings.Language}" : "small backbones, trained from the data")),
            new("validation", settings.Validation is { } data ? Text($"{data}, at most {settings.ValidationLimit} rows") : "none"),
            new("image encoder", Text($"SigLIP, width {vision.HiddenSize}, {vision.NumHiddenLayers} layers, {vision.PatchCount} patches of {vision.ImageSize} x {vision.ImageSize} pixels")),
            new("language model", Text($"Qwen2, width {language.HiddenSize}, {language.NumHiddenLayers} layers, {language.VocabSize} tokens")),
            new("prompt of captions", model.CaptionPrompt),
            new("seed", Text($"{settings.Seed}")),
            new("threads", Text($"{TorchSharp.torch.get_num_threads()}")),
        ];
    }
}
