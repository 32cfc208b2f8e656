using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Files;
using VlmMlNet.ModelFolders;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Cli.Commands;

/// <summary>One run of <c>vlm train</c>.</summary>
internal sealed class TrainSession(Shell shell, TrainSettings settings)
{
    private readonly VisionLanguageCatalog _vlm = shell.CreateContext(settings.Device, settings.Seed, settings.Verbose).VisionLanguage();

    private const double NotedWaiting = 0.1;
    private readonly SkippedRows _skipped = new();
    private TrainingProgress? _reached;

    public void Run()
    {
        // Before data is read, which may take long.
        using var output = OutputChoice.Folder(settings.Out, settings.Force || settings.Resume, ", continue the run that this one holds with --resume");
        try
        {
            Train(output);
        }
        catch (OtherSettingsException e)
        {
            throw new InvalidOperationException(ResumedRun.Describe(e, output.Name), e);
        }
        catch (OperationCanceledException e) when (shell.CancellationToken.IsCancellationRequested)
        {
            throw new StoppedException(Stopped(output), e);
        }
        finally
        {
            _skipped.Report(shell);
        }
    }

    // What a stopped run has kept.
    private string Stopped(OutputFolder output)
    {
        if (!output.Entries.Any(name => name is StagedTrainingRunner.CheckpointName or ModelFolder.TrainingStateName))
            return "stopped before anything was trained: nothing is kept.";
        string reached = _reached is { } at ? string.Create(CultureInfo.InvariantCulture, $"stopped in {at.Stage} after step {at.Step}. ") : "stopped. ";
        string asked = settings.Force ? "--resume in place of --force" : "--resume";
        return ModelFolder.IsModel(output.FullPath) ? $"{reached}Everything until there is kept in {output.Name}: the same command with {asked} goes on from it."
            : $"{reached}Everything until there is kept in {output.Name}, which is no model yet: the same command with {asked} goes on from it.";
    }

    private void Train(OutputFolder output) => ProgressDisplay.Run(shell, display =>
    {
        // All that can be found without reading data comes first: that may take minutes.
        var budget = settings.Duration is { } total ? TrainingBudget.Split(total, settings.IsTiny, settings.Stages) : default;
        var stages = settings.Stages.Select((number, i) => Stage(number, budget.Stages?[i])).ToList();
        Check(output, stages);
        var keptText = TrainWatch.ReadKeptText(settings);
        var views = Load(settings.Data, settings.Columns);
        var instructionViews = Load(settings.Instructions, new DataColumns());
        var validation = settings.Validation is null ? null : Load([settings.Validation], settings.Columns, toLearnFrom: false)[0];
        if (validation is not null && !PictureRows.HaveTexts(validation))
            throw new UsageException($"--validation {settings.Validation} has no captions or answers, so that nothing can be scored.");
        string? start = settings.Resume && ModelFolder.IsModel(output.FullPath) ? output.FullPath : settings.Model;
        string prompt = settings.Prompt ?? (start is null ? null : FolderSummary.Read(start).CaptionPrompt) ?? VisionLanguageModel.DefaultCaptionPrompt;
        var columns = new TrainingStageOptions { CaptionPrompt = prompt, SkipUnreadableImages = settings.SkipUnreadableImages };
        var captions = _vlm.ReadExamples(views, columns);
        var instructions = instructionViews.Count > 0 ? _vlm.ReadExamples(instructionViews, columns) : CaptionInstructions.Of(captions);
        display.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{captions.Count} examples{(instructionViews.Count > 0 ? $", {instructions.Count} of instructions" : "")}"));

        var examples = validation is null ? null : _vlm.ReadExamples([validation], new TrainingStageOptions { CaptionPrompt = prompt, SkipUnreadableImages = true });
        var watch = new TrainWatch(_vlm, settings, output, _skipped) { Validation = validation, SampleData = examples ?? captions };
        var run = watch.Apply(new TrainingRun
        {
            Seed = settings.Seed,
            SkipUnreadableImages = settings.SkipUnreadableImages,
            ExampleSkipped = _skipped.Add,
            FeatureCache = settings.FeatureCache,
            CancellationToken = shell.CancellationToken,
            Note = display.WriteLine,
            Progress = p =>
            {
                _reached = p;
                display.Report(p.Stage, p.Fraction, Describe(p));
            },
        }, examples, keptText, display);
        foreach (var stage in stages)
            display.WriteLine(Describe(stage));
        int finished = 0;
        using var model = _vlm.Train(new StagedTraining
        {
            Start = started =>
            {
                var made = Start(captions, instructionViews.Count > 0 ? instructions : null, started, budget.Vision, budget.Language);
                made.CaptionPrompt = prompt;
                return made;
            },
            Stages = [.. stages.Select((stage, i) => (stage, settings.Stages[i] == 3 ? instructions : captions))],
            OutputFolder = settings.Out,
            Held = output,
            Origins = ResumedRun.Origins(settings, prompt),
            MaxDuration = settings.Duration,
            Resume = settings.Resume,
            Run = run,
            StageFinished = (stage, trained, history) =>
            {
                finished++;
                string skipped = history.Skipped == 0 ? "" : $", {history.Skipped} examples skipped";
                display.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: {history.Points.Count} steps in {history.Duration.TotalSeconds:F0} s, loss {history.Points[0].Loss:F3} -> {history.Points[^1].Loss:F3}{skipped}; saved"));
                watch.Finished(stage, trained, history, display, shell.CancellationToken);
            },
        });
        shell.Output.WriteLine(finished > 0 ? $"{model.CountParameters()}, saved in {output.Name}"
            : $"nothing was left to do: the run in {output.Name} is finished. To train its model further, start from it: --model {output.Name} --out ANOTHER, without --resume.");
        return 0;
    });

    private void Check(OutputFolder output, IReadOnlyList<TrainingStage> stages)
    {
        _vlm.CheckDevice();
        TrainWatch.Check(settings);
        foreach (string file in (string[])[.. settings.Data, .. settings.Instructions, .. settings.Validation is { } data ? [data] : Array.Empty<string>()])
        {
            if (!Directory.Exists(file))
                DataFile.Expand(file);
        }
        StagedTrainingRunner.CheckFolder(output, stages, settings.Resume);
        if (settings.Resume && ModelFolder.IsModel(output.FullPath))
            return; // it is not begun again
        if (settings.Model is { } model)
            ModelInspection.CheckTrainable(model);
        else if (settings.Vision is { } vision)
            ModelInspection.CheckBackbones(vision, settings.Language!);
    }

    private List<IDataView> Load(IEnumerable<string> files, DataColumns columns, bool toLearnFrom = true) => [.. files.Select(f => ExampleData.Check(_vlm.Data.Load(f, new DataLoadOptions
    {
        ImageFolder = settings.Images,
        Columns = columns,
        AllowOutsideImages = settings.AllowOutsideImages,
        BadRows = settings.SkipBadRows ? BadRowHandling.Skip : BadRowHandling.Fail,
        OnBadRow = _skipped.Add,
        SkipsIncompleteRows = settings.SkipUnreadableImages,
        NeedsAnswers = toLearnFrom,
    }), f))];

    private VisionLanguageModel Start(TrainingSet captions, TrainingSet? instructions, TrainingRun run, TimeSpan? visionTime, TimeSpan? languageTime)
    {
        if (settings.Model is { } saved)
            return AdaptedModels.Load(_vlm, saved, settings.Adapter);
        if (settings.Vision is { } vision)
        {
            var backbones = _vlm.LoadBackbones(vision, settings.Language!);
            if (settings.Adapter is not { } adapter)
                return backbones;
            using (backbones)
                return _vlm.ApplyAdapter(backbones, adapter);
        }
        var options = new SmallBackboneOptions { VocabularySize = 2048, ProjectorHiddenSize = 1024 };
        options = options with
        {
            Contrastive = options.Contrastive with { MaxDuration = visionTime, Augmentation = settings.Augmentation },
            LanguageStage = options.LanguageStage with { MaxDuration = languageTime },
        };
        var text = instructions is null ? captions : TrainingSet.Concat([captions, instructions]);
        return _vlm.TrainSmallBackbones(captions, text, options, run);
    }

    private TrainingStage Stage(int number, TimeSpan? time)
    {
        var stage = (settings.IsTiny ? SmallModelStages.All : TrainingStage.Paper)[number];
        stage = settings.Batches(stage) with { MaxDuration = time, Epochs = settings.Epochs ?? stage.Epochs };
        stage = settings.Memory(settings.Rates?.ApplyTo(stage) ?? stage);
        return settings.Lora is { } adapters ? LoraChoice.ApplyTo(stage, adapters, settings.Rates is not null) : stage;
    }

    private static string Describe(TrainingStage stage) => string.Create(CultureInfo.InvariantCulture,
        $"{stage.Name}: {stage.Mask.ToString().ToLowerInvariant()} mask, batches of {stage.BatchSize}, at most {stage.Epochs} epoch{(stage.Epochs == 1 ? "" : "s")}" +
        $"{(stage.MaxDuration is { } time ? $" or about {time.TotalSeconds:F0} s" : "")}, learning rates: vision {Rate(stage.VisionLearningRate)}, projector {Rate(stage.ProjectorLearningRate)}, language {Rate(stage.LanguageLearningRate)}{((stage.LanguageLora ?? stage.VisionLora) is { } lora ? $"; adapters of rank {lora.Rank}" : "")}");

    // With the time of day at which it ends: whoever looks now and then need not reckon.
    private static string Describe(TrainingProgress p) => string.Create(CultureInfo.InvariantCulture,
        $"loss {p.Loss:F3}, {p.Speed}, {p.Memory / (double)(1L << 30):F1} GiB, {(p.WaitingShare >= NotedWaiting ? $"{p.WaitingShare:P0} of the time waiting for data, " : "")}{p.Left} left, until {DateTime.Now + p.Remaining:HH:mm}");

    private static string Rate(double? rate) => rate?.ToString("0.0e-0", CultureInfo.InvariantCulture) ?? "frozen";
}
