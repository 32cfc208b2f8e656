using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VlmMlNet.Files;
using VlmMlNet.ModelFolders;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Recipes;

/// <summary>What a run has finished: the file training.json in its folder, beside the model.</summary>
/// <param name="Start">Time that training the start took.</param>
/// <param name="Stages">The finished stages, in order.</param>
/// <param name="Settings">What the run was begun with; null where that is not known.</param>
/// <param name="Threads">Of the processor, until now; 0 where that is not known.</param>
internal sealed record StagedTrainingState(TimeSpan Start, IReadOnlyList<StagedTrainingState.FinishedStage> Stages, JsonObject? Settings = null, int Threads = 0)
{
    private const string FileName = ModelFolder.TrainingStateName;
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(10_000);

    /// <summary>One finished stage.</summary>
    internal sealed record FinishedStage(string Name, int Steps, double FirstLoss, double LastLoss, long Examples, TimeSpan Duration);

    /// <summary>Training time until now.</summary>
    public TimeSpan Used() => Stages.Aggregate(Start, (sum, stage) => sum + stage.Duration);

    public StagedTrainingState With(TrainingStage stage, TrainingHistory history) => this with
    {
        Stages = [.. Stages, new FinishedStage(stage.Name, history.Points.Count, history.Points[0].Loss, history.Points[^1].Loss, history.Examples, history.Duration)],
        Threads = TorchSharp.torch.get_num_threads(),
    };

    /// <summary>The state that a folder holds; null where it holds none.</summary>
    /// <exception cref="MalformedInputException">The file is damaged.</exception>
    public static StagedTrainingState? TryRead(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        RegularFile.Check(path);
        try
        {
            if (JsonSerializer.Deserialize<StagedTrainingState>(File.ReadAllBytes(path), s_json) is { Stages: not null } state
                && state.Start >= TimeSpan.Zero && state.Start < s_longest && state.Stages.All(s => s is { Name: not null, Steps: >= 0, Examples: >= 0 } && s.Duration >= TimeSpan.Zero && s.Duration < s_longest))
                return state;
            throw new JsonException("it is null, or holds impossible numbers");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new MalformedInputException(path, "it is not the state of a training run", "Train into another folder.", innerException: e);
        }
    }

    /// <summary>How many stages of the run of a folder's model are finished, and how many it is to have; null where that is not known, or it is no run's.</summary>
    public static (int Finished, int Planned)? ReachedIn(string folder)
    {
        try
        {
            return TryRead(folder) is { Settings: { } settings } state && StagedTrainingSettings.StageCount(settings) is { } planned ? (state.Stages.Count, planned) : null;
        }
        catch (MalformedInputException)
        {
            return null; // the model is as good
        }
    }

    public void Write(string folder) => PendingFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Forgets the run that a folder holds.</summary>
    public static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));
}
