using VlmMlNet.Training;
using VlmMlNet.Weights;

namespace VlmMlNet.Components.Recipes;

/// <summary>Runs the stages of a <see cref="StagedTraining"/>.</summary>
internal sealed class StagedTrainingRunner(StagedTraining plan, Func<string, VisionLanguageModel> load)
{
    private const string CheckpointName = "checkpoint";
    private static readonly TimeSpan s_leastTime = TimeSpan.FromSeconds(1);
    private readonly string _folder = Path.GetFullPath(plan.OutputFolder);

    private string Checkpoints => Path.Combine(_folder, CheckpointName);

    public VisionLanguageModel Run()
    {
        Check();
        var state = plan.Resume ? StagedTrainingState.TryRead(_folder) : null;
        if (state is null)
            CheckFree();
        else
            CheckFinished(state);

        var model = state is null ? Begin(out state) : load(_folder);
        try
        {
            for (int i = state.Stages.Count; i < plan.Stages.Count; i++)
            {
                var (stage, data) = (plan.Stages[i].Stage with { MaxDuration = TimeOf(i, state) }, plan.Stages[i].Data);
                var trained = StageTrainer.Train(model, data, stage, RunIn($"stage-{i}"));
                model.Dispose();
                model = trained.Model;
                state = state.With(stage, trained.History);
                Save(model, state);
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

    private VisionLanguageModel Begin(out StagedTrainingState state)
    {
        // What is trained tells by its progress how long it took, parts that were finished before an interruption included.
        var times = new Dictionary<string, TimeSpan>();
        var run = RunIn("start");
        var model = plan.Start(run with
        {
            Progress = progress =>
            {
                times[progress.Stage] = progress.Elapsed;
                run.Progress?.Invoke(progress);
            },
        });
        try
        {
            state = new StagedTrainingState(times.Values.Aggregate(TimeSpan.Zero, (sum, time) => sum + time), []);
            Save(model, state);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private TrainingRun RunIn(string name) => plan.Run with { CheckpointFolder = Path.Combine(Checkpoints, name), Resume = plan.Resume, KeepsCheckpoint = true };

    // The model and what it has been trained on appear together; then the checkpoints behind it are worth nothing.
    private void Save(VisionLanguageModel model, StagedTrainingState state)
    {
        ModelFolder.Save(model, _folder, mayReplace: _ => true, state.Write);
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
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

    // Before hours of training, not after.
    private void CheckFree()
    {
        if (File.Exists(_folder))
            throw new IOException($"{_folder} is a file. Give the name of a folder.");
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any(entry => !plan.Resume || Path.GetFileName(entry) != CheckpointName))
            throw new IOException($"{_folder} is not empty. Give another folder, or continue the run that it holds ({nameof(StagedTraining.Resume)}).");
    }

    private void CheckFinished(StagedTrainingState state)
    {
        var finished = state.Stages.Select(f => f.Name).ToList();
        var planned = plan.Stages.Select(s => s.Stage.Name).ToList();
        if (finished.Count > planned.Count || !finished.SequenceEqual(planned.Take(finished.Count)))
            throw new InvalidOperationException($"{_folder} has finished {string.Join(", ", finished)}; the run asks for {string.Join(", ", planned)}. Continue with the same stages, or train into another folder.");
    }
}
