using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Report;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data.Scenes;
using VlmMlNet.Files;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;

namespace VlmMlNet.Cli.Quickstart;

/// <summary>One run of <c>vlm quickstart</c>: data, backbones, four stages, scores, report. Every step is what a user's program would call.</summary>
internal sealed class QuickstartRun(Shell shell, MLContext context, QuickstartSettings settings, string folder)
{
    private const int PrintedScenes = 6, ReportedScenes = 24;
    private readonly VisionLanguageCatalog _vlm = context.VisionLanguage();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private string ModelFolder => Path.Combine(folder, "model");

    private string ReportFile => Path.Combine(folder, "report.html");

    public int Run()
    {
        // What cannot be written is found now, not after minutes.
        using var modelFolder = OutputFolder.Claim(ModelFolder);
        using var reportFile = new PendingFile(ReportFile);
        var (model, report, scores, evaluation) = ProgressDisplay.Run(shell, Train);
        VlmMlNet.ModelFolders.ModelFolder.Save(model, modelFolder, _ => { });
        QuickstartReport.Write(reportFile, report);
        Print(report, scores, evaluation);
        return VlmCommand.Ok;
    }

    private (VisionLanguageModel Model, QuickstartReportData Report, QuickstartScores Scores, QuickstartEvaluation Evaluation) Train(ProgressDisplay display)
    {
        var scenes = SceneDataset.Write(Path.Combine(folder, "data"), settings.SceneOptions,
            new InlineProgress(done => display.Report("drawing scenes", done)), shell.CancellationToken);
        var recaptions = _vlm.Data.LoadLlava(scenes.RecaptionsFile, scenes.ImageFolder);
        var captions = _vlm.Data.LoadLlava(scenes.CaptionsFile, scenes.ImageFolder);
        var instructions = _vlm.Data.LoadLlava(scenes.InstructionsFile, scenes.ImageFolder);
        var evaluation = new QuickstartEvaluation(context, scenes.TestCaptionsFile, scenes.TestQuestionsFile, scenes.ImageFolder, SceneDataset.CaptionPrompt, settings.MaxCaptionTokens);

        void Progress(TrainingProgress p) => display.Report(p.Stage, p.Fraction, string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:F3}, {p.Remaining:mm\\:ss} left"));
        var run = new TrainingRun { Seed = settings.Seed, Progress = Progress, CancellationToken = shell.CancellationToken };
        var pictures = _vlm.ReadExamples([recaptions]);
        var (model, vision, language) = SmallBackbones.Train(pictures, _vlm.ReadExamples([recaptions, captions, instructions]), settings.Backbones, run);
        display.WriteLine($"backbones: {model.CountParameters()}");

        var stages = new List<ReportStage>();
        QuickstartScores? scores = null;
        var options = new TrainingStageOptions { CaptionPrompt = SceneDataset.CaptionPrompt, Progress = Progress, CancellationToken = shell.CancellationToken };
        IDataView[] data = [recaptions, recaptions, captions, instructions];
        for (int i = 0; i < settings.Stages.Count; i++)
        {
            var trained = _vlm.Stages.Custom(settings.Stages[i], options).Fit(data[i], model); // small: all stages stay until the process ends
            model = trained.Model;
            scores = evaluation.Score(model, shell.CancellationToken);
            stages.Add(new ReportStage(trained.Stage.Name, trained.History.Points, scores.Captions.Cider, scores.Answers.ExactMatch, trained.History.Duration));
            display.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{trained.Stage.Name}: {trained.History.Points.Count} steps in {trained.History.Duration.TotalSeconds:F0} s, CIDEr {ScoreText.Number(scores.Captions.Cider)}, questions right {ScoreText.Percent(scores.Answers.ExactMatch)}"));
        }
        var report = Describe(model, [new ReportHistory("image encoder: contrastive", vision.Points, vision.Duration), new ReportHistory("language model: text", language.Points, language.Duration)], stages, scores!, evaluation, scenes);
        return (model, report, scores!, evaluation);
    }

    private QuickstartReportData Describe(VisionLanguageModel model, IReadOnlyList<ReportHistory> backbones, IReadOnlyList<ReportStage> stages,
        QuickstartScores scores, QuickstartEvaluation evaluation, SceneDataset scenes)
    {
        var constant = scores.Captions.BestConstantCaption;
        var majority = scores.Answers.MajorityAnswer;
        var questions = evaluation.Questions.Select((question, i) => (question.Image, Shown: new ReportQuestion(question.Question.Replace("<image>\n", "", StringComparison.Ordinal),
            scores.AnswerTexts[i], question.Answer, scores.Answers.PerQuestion[i].ExactMatch == 1))).ToLookup(q => q.Image, q => q.Shown);
        return new QuickstartReportData
        {
            Title = "VlmMlNet quickstart",
            Settings = Settings(scenes, evaluation),
            Parameters = model.CountParameters(),
            Backbones = backbones,
            Stages = stages,
            Floor = new ReportBaseline(constant.Text, constant.Cider),
            Ceiling = scores.Captions.ReferenceCeiling,
            MajorityAnswer = new ReportBaseline(majority.Text, majority.ExactMatch),
            Samples = evaluation.Images.Take(ReportedScenes).Select((image, i) =>
                new ReportSample(File.ReadAllBytes(image), evaluation.References[i], scores.Texts[i], questions[image].ToList())).ToList(),
        };
    }

    private List<KeyValuePair<string, string>> Settings(SceneDataset scenes, QuickstartEvaluation evaluation)
    {
        var shapes = settings.Backbones;
        string Text(FormattableString text) => FormattableString.Invariant(text);
        return
        [
            new("seed", Text($"{settings.Seed}")),
            new("training scenes", Text($"{settings.Scenes}, {settings.SceneOptions.ImageSize} x {settings.SceneOptions.ImageSize} pixels")),
            new("held-out combinations", string.Join(", ", scenes.HeldOut)),
            new("test scenes and questions", Text($"{evaluation.Images.Count} and {evaluation.Questions.Count}")),
            new("image encoder", Text($"SigLIP, width {shapes.Vision.HiddenSize}, {shapes.Vision.NumHiddenLayers} layers, {shapes.Vision.PatchCount} patches")),
            new("language model", Text($"Qwen2, width {shapes.Language.HiddenSize}, {shapes.Language.NumHiddenLayers} layers")),
            .. settings.Stages.Select(s => new KeyValuePair<string, string>(s.Name, Text($"{s.Mask} mask; learning rates: vision {Rate(s.VisionLearningRate)}, projector {Rate(s.ProjectorLearningRate)}, language {Rate(s.LanguageLearningRate)}; batches of {s.BatchSize}"))),
            new("time until the report", Text($"{_watch.Elapsed.TotalSeconds:F0} s on {TorchSharp.torch.get_num_threads()} threads")),
        ];
    }

    private static string Rate(double? rate) => rate?.ToString("0.#e-0", CultureInfo.InvariantCulture) ?? "frozen";

    private void Print(QuickstartReportData report, QuickstartScores scores, QuickstartEvaluation evaluation)
    {
        var output = shell.Output;
        output.WriteLine();
        foreach (var (sample, image) in report.Samples.Take(PrintedScenes).Zip(evaluation.Images))
        {
            output.WriteLine(Path.GetRelativePath(Directory.GetCurrentDirectory(), image));
            output.WriteLine($"  caption:    {sample.Caption}");
            output.WriteLine($"  a person's: {sample.References[0]}");
            foreach (var question in sample.Questions.Take(2))
                output.WriteLine($"  {question.Question} {question.Answer} ({(question.IsRight ? "right" : $"wrong: {question.Expected}")})");
        }
        output.WriteLine();
        foreach (var stage in report.Stages)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage.Name,-34} CIDEr {ScoreText.Number(stage.Cider)}   questions right {ScoreText.Percent(stage.AnswerAccuracy),6}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"best constant caption / answer",-34} CIDEr {ScoreText.Number(report.Floor.Score)}   questions right {ScoreText.Percent(report.MajorityAnswer!.Score),6}   \"{report.Floor.Text}\" / \"{report.MajorityAnswer.Text}\""));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"people's captions, each against the others",-34} CIDEr {ScoreText.Number(scores.Captions.ReferenceCeiling)}"));
        output.WriteLine();
        output.WriteLine($"model:  {ModelFolder}");
        output.WriteLine($"report: {ReportFile}");
        output.WriteLine($"next:   vlm caption {Path.GetRelativePath(Directory.GetCurrentDirectory(), evaluation.Images[0])} --model {Path.GetRelativePath(Directory.GetCurrentDirectory(), ModelFolder)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds:F0} s in all"));
    }

    private sealed class InlineProgress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
