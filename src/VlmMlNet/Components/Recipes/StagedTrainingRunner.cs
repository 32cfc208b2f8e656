using VlmMlNet.Training;
using VlmMlNet.Weights;

namespace VlmMlNet.Components.Recipes;

/// <summary>Runs the stages of a <see cref="StagedTraining"/>.</summary>
internal sealed class StagedTrainingRunner(StagedTraining plan, Func<string, VisionLanguageModel> load)
{
    private readonly string _folder = Path.GetFullPath(plan.OutputFolder);

    public VisionLanguageModel Run()
    {
        if (plan.Stages.Count == 0)
            throw new ArgumentException("There is no stage to train.");
        foreach (var (stage, _) in plan.Stages)
            stage.Check();
        var state = new StagedTrainingState(_folder);
        bool continues = plan.Resume && state.Exists;
        if (continues)
            state.Read();
        else
            CheckFree();
        CheckFinished(state);

        var model = continues ? load(_folder) : Begin(state);
        try
        {
            foreach (var (stage, data) in plan.Stages.Skip(state.Finished.Count))
            {
                string checkpoints = Path.Combine(_folder, "checkpoint");
                var trained = StageTrainer.Train(model, data, stage, plan.Run with { CheckpointFolder = checkpoints, Resume = continues });
                model.Dispose();
                model = trained.Model;
                // Killed between these two lines, a continued run trains the stage again, from its own result.
                ModelFolder.Save(model, _folder);
                state.Add(stage, trained.History);
                if (Directory.Exists(checkpoints))
                    Directory.Delete(checkpoints, recursive: true);
                plan.StageFinished?.Invoke(stage, model, trained.History);
                continues = false;
            }
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private VisionLanguageModel Begin(StagedTrainingState state)
    {
        var model = plan.Start();
        try
        {
            ModelFolder.Save(model, _folder);
            state.Begin();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    // Before hours of training, not after.
    private void CheckFree()
    {
        if (File.Exists(_folder))
            throw new IOException($"{_folder} is a file. Give the name of a folder.");
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any())
            throw new IOException($"{_folder} is not empty. Give another folder, or continue the run that it holds ({nameof(StagedTraining.Resume)}).");
    }

    private void CheckFinished(StagedTrainingState state)
    {
        var finished = state.Finished.Select(f => f.Name).ToList();
        var planned = plan.Stages.Select(s => s.Stage.Name).ToList();
        if (finished.Count > planned.Count || !finished.SequenceEqual(planned.Take(finished.Count)))
            throw new InvalidOperationException($"{_folder} has finished {string.Join(", ", finished)}; the run asks for {string.Join(", ", planned)}. Continue with the same stages, or train into another folder.");
    }
}
