using System.Text.Json.Nodes;
using VlmMlNet.Files;
using VlmMlNet.ModelFolders;
using VlmMlNet.Training;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Components.Recipes;

/// <summary>Runs the stages of a <see cref="StagedTraining"/>.</summary>
internal sealed class StagedTrainingRunner(StagedTraining plan, Func<string, VisionLanguageModel> load)
{
    internal const string CheckpointName = ModelPlace.CheckpointName;
    private const string StartName = "start", FeaturesName = "features", StagePrefix = "stage-";
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);

    public VisionLanguageModel Run()
    {
        Check();
        // Before hours of training, not after.
        using var claimed = plan.Held is null ? OutputFolder.Claim(plan.OutputFolder) : null;
        var output = plan.Held ?? claimed!;
        string checkpoints = Path.Combine(output.FullPath, CheckpointName);
        var settings = StagedTrainingSettings.Of(plan);
        var state = plan.Resume ? StagedTrainingState.TryRead(output.FullPath) ?? Adopt(output) : null;
        if (state is not null)
        {
            CheckSame(output, checkpoints, state, settings);
            RemoveFinished(checkpoints, state);
        }
        else
        {
            Prepare(output, checkpoints, settings);
        }

        var model = state is null ? Begin(output, checkpoints, settings, out state) : load(output.FullPath);
        try
        {
            if (state.Stages.Count == plan.Stages.Count)
                plan.Run.Note?.Invoke($"{output.Name} holds this run already, and it is finished: nothing was left to do.");
            foreach (var (stage, _) in plan.Stages.Skip(state.Stages.Count))
                TrainableParts.CheckAdapters(model.Network, stage); // not after the stages before
            for (int i = state.Stages.Count; i < plan.Stages.Count; i++)
            {
                var (stage, data) = (plan.Stages[i].Stage with { MaxDuration = TimeOf(i, state) }, plan.Stages[i].Data);
                var trained = StageTrainer.Train(model, data, stage, RunIn(checkpoints, $"{StagePrefix}{i}"));
                model.Dispose();
                model = trained.Model;
                state = state.With(stage, trained.History) with { Settings = settings };
                Save(model, state, output, checkpoints);
                plan.StageFinished?.Invoke(stage, model, trained.History);
            }
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private VisionLanguageModel Begin(OutputFolder output, string checkpoints, JsonObject settings, out StagedTrainingState state)
    {
        // What is trained tells by its progress how long it took, parts that were finished before an interruption included.
        var times = new Dictionary<string, TimeSpan>();
        var run = RunIn(checkpoints, StartName);
        VisionLanguageModel? model = null;
        try
        {
            model = plan.Start(run with
            {
                Progress = progress =>
                {
                    times[progress.Stage] = progress.Elapsed;
                    run.Progress?.Invoke(progress);
                },
            });
            state = new StagedTrainingState(times.Values.Aggregate(TimeSpan.Zero, (sum, time) => sum + time), [], settings, TorchSharp.torch.get_num_threads());
            Save(model, state, output, checkpoints);
            return model;
        }
        catch
        {
            model?.Dispose();
            if (!HasCheckpoints(checkpoints) && Directory.Exists(checkpoints))
                {
                Directory.Delete(checkpoints, recursive: true); // nothing is kept
                File.Delete(MetricsPath);
            }
            throw;
        }
    }

    private static bool HasCheckpoints(string checkpoints) => Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "*.safetensors", SearchOption.AllDirectories).Any();

    private TrainingRun RunIn(string checkpoints, string name) => plan.Run with
    {
        CheckpointFolder = Path.Combine(checkpoints, name),
        FeatureCache = plan.Run.FeatureCache is { Folder: null } cache ? cache with { Folder = Path.Combine(checkpoints, FeaturesName) } : plan.Run.FeatureCache,
        Resume = plan.Resume,
        KeepsCheckpoint = true,
        MetricsFile = MetricsPath,
    };

    private string MetricsPath => Path.Combine(plan.Held?.FullPath ?? Path.GetFullPath(plan.OutputFolder), MetricsFile.Name);

    // The model and what it has been trained on appear together; then the checkpoints behind it are worth nothing.
    private void Save(VisionLanguageModel model, StagedTrainingState state, OutputFolder output, string checkpoints)
    {
        ModelFolder.Save(model, output, state.Write);
        RemoveFinished(checkpoints, state);
    }

    // A process that was killed between saving a model and removing the checkpoints behind it has left them.
    private void RemoveFinished(string checkpoints, StagedTrainingState state)
    {
        if (!Directory.Exists(checkpoints))
            return;
        foreach (string name in (string[])[StartName, .. Enumerable.Range(0, state.Stages.Count).Select(i => $"{StagePrefix}{i}")])
            if (Path.Combine(checkpoints, name) is var finished && Directory.Exists(finished))
                Directory.Delete(finished, recursive: true);
        // Later stages with a frozen encoder need the same features.
        if (!plan.Stages.Skip(state.Stages.Count).Any(s => s.Stage.VisionLearningRate is null) && Path.Combine(checkpoints, FeaturesName) is var features && Directory.Exists(features))
            Directory.Delete(features, recursive: true);
        StagedTrainingState.Delete(checkpoints);
        if (!Directory.EnumerateFileSystemEntries(checkpoints).Any())
            Directory.Delete(checkpoints);
    }

    // Its part of the time that is left, in proportion to what is planned.
    private TimeSpan? TimeOf(int index, StagedTrainingState state)
    {
        if (plan.MaxDuration is not { } total)
            return plan.Stages[index].Stage.MaxDuration;
        var planned = plan.Stages.Skip(index).Select(s => s.Stage.MaxDuration!.Value).ToList();
        var time = (total - state.Used()) * (planned[0] / planned.Aggregate((sum, next) => sum + next));
        return time < s_leastTime ? s_leastTime : time;
    }

    private void Check()
    {
        if (plan.Stages.Count == 0)
            throw new ArgumentException("There is no stage to train.");
        foreach (var (stage, _) in plan.Stages)
        {
            stage.Check();
            if (plan.MaxDuration is not null && stage.MaxDuration is null)
                throw new ArgumentException($"Training stage '{stage.Name}': {nameof(TrainingStage.MaxDuration)} is null; a training of limited time needs each stage's part.");
        }
    }

    // A start that is itself trained has no model yet: what the run was begun with then lies beside its checkpoints.
    private void Prepare(OutputFolder output, string checkpoints, JsonObject settings)
    {
        if (plan.Resume && StagedTrainingState.TryRead(checkpoints) is { } begun)
        {
            CheckSame(output, checkpoints, begun, settings);
            return;
        }
        if (plan.Resume && output.Entries.Any(entry => entry is not (CheckpointName or MetricsFile.Name)))
            throw new IOException($"{output.Name} holds other things than a run that could be continued. Give another folder.");
        if (plan.Held is null && !plan.Resume && !output.IsEmpty)
            throw new IOException($"{output.Name} is not empty. Give another folder, or continue the run that it holds ({nameof(StagedTraining.Resume)}).");
        if (plan.Resume && !HasCheckpoints(checkpoints))
            plan.Run.Note?.Invoke($"{output.Name} holds no run: training starts from the beginning.");
        CheckFolder(output, [], resumes: false);
        StagedTrainingState.Delete(output.FullPath);
        if (!plan.Resume && Directory.Exists(checkpoints))
            Directory.Delete(checkpoints, recursive: true);
        File.Delete(MetricsPath);
        Directory.CreateDirectory(checkpoints);
        new StagedTrainingState(TimeSpan.Zero, [], settings, TorchSharp.torch.get_num_threads()).Write(checkpoints);
    }

    /// <summary>Checks all about the folder that needs no data.</summary>
    /// <param name="output">The folder.</param>
    /// <param name="stages">The stages that are asked for.</param>
    /// <param name="resumes">Whether the run that it holds is continued.</param>
    /// <exception cref="IOException">Its folder of checkpoints holds something else.</exception>
    /// <exception cref="InvalidOperationException">It has finished other stages.</exception>
    public static void CheckFolder(OutputFolder output, IEnumerable<TrainingStage> stages, bool resumes)
    {
        if (resumes && StagedTrainingState.TryRead(output.FullPath) is { } state)
            CheckStages(output, state, [.. stages.Select(stage => stage.Name)]);
        string checkpoints = Path.Combine(output.FullPath, CheckpointName);
        if (Directory.Exists(checkpoints) && Directory.EnumerateFileSystemEntries(checkpoints).Select(entry => Path.GetFileName(entry)!)
            .FirstOrDefault(name => name is not (StartName or FeaturesName or ModelFolder.TrainingStateName) && !name.StartsWith(StagePrefix, StringComparison.Ordinal)) is { } stranger)
            throw new IOException($"{Path.Combine(output.Name, CheckpointName)} holds {stranger}, which is of no training: checkpoints would be written there. Give another folder.");
    }

    private static List<string> CheckStages(OutputFolder output, StagedTrainingState state, IReadOnlyList<string> planned)
    {
        var finished = state.Stages.Select(f => f.Name).ToList();
        if (finished.Count > planned.Count || !finished.SequenceEqual(planned.Take(finished.Count)))
            throw new InvalidOperationException($"{output.Name} has finished {string.Join(", ", finished)}; the run asks for {string.Join(", ", planned)}. Continue with the same stages, or train into another folder.");
        return finished;
    }

    private void CheckSame(OutputFolder output, string checkpoints, StagedTrainingState state, JsonObject settings)
    {
        var planned = plan.Stages.Select(s => s.Stage.Name).ToList();
        var finished = CheckStages(output, state, planned);
        if (state.Settings is { } saved && StagedTrainingSettings.Differences(saved, settings) is { Count: > 0 } differences)
            throw new OtherSettingsException(output.Name, finished.Count == planned.Count, differences);
        // A checkpoint says so itself.
        if (!HasCheckpoints(checkpoints) && finished.Count < planned.Count && finished.Count > 0 && ThreadChange.Describe(state.Threads) is { } changed)
            plan.Run.Note?.Invoke(changed);
    }

    // What a killed process left beside the folder where it renamed whole folders to replace one.
    private StagedTrainingState? Adopt(OutputFolder output)
    {
        if (!output.IsEmpty)
            return null;
        string name = Path.GetFileName(output.FullPath);
        string? left = new DirectoryInfo(Path.GetDirectoryName(output.FullPath)!).EnumerateDirectories($"{name}.*-*")
            .Where(d => d.Name.StartsWith($"{name}.tmp-", StringComparison.Ordinal) || d.Name.StartsWith($"{name}.old-", StringComparison.Ordinal))
            .Where(d => ModelFolder.IsModel(d.FullName) && File.Exists(Path.Combine(d.FullName, ModelFolder.TrainingStateName)))
            .OrderBy(d => File.GetLastWriteTimeUtc(Path.Combine(d.FullName, ModelFolder.TrainingStateName))).LastOrDefault()?.FullName;
        if (left is null)
            return null;
        FolderReplacement.Adopt(output, left);
        plan.Run.Note?.Invoke($"{left}, which an interrupted run had left, is now {output.Name}.");
        return StagedTrainingState.TryRead(output.FullPath);
    }
}
