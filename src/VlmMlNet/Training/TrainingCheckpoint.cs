using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VlmMlNet.Files;
using VlmMlNet.Safetensors;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>The state of unfinished training in one file: trained weights, optimizer moments, place in the data, history.</summary>
/// <param name="path">The file; its folder is made.</param>
/// <param name="settings">What must be equal for a continuation to make sense.</param>
/// <param name="weights">The trained weights by name.</param>
/// <param name="optimizer">Its moments and step count.</param>
/// <param name="history">What happened until now.</param>
/// <param name="note">Receives what is worth knowing about a continuation.</param>
internal sealed class TrainingCheckpoint(string path, CheckpointSettings settings, IReadOnlyList<KeyValuePair<string, Tensor>> weights, AdamW optimizer, TrainingHistory history, Action<string>? note)
{
    private const string StateKey = "training_state";

    // A loss may have become infinite.
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private IEnumerable<KeyValuePair<string, Tensor>> Tensors => weights.Concat(optimizer.State);

    /// <summary>Writes the state beside the last one and takes its place.</summary>
    public void Save(int epoch, StreamPosition place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PendingFile.RemoveLeftovers(path);
        var state = new State(settings.Values, epoch, place, optimizer.StepCount, history.Examples, history.Tokens, history.Skipped, history.Duration,
            history.Points.SelectMany(p => new[] { p.Loss, p.RateFactor, double.IsNaN(p.GradientNorm) ? -1 : p.GradientNorm }).ToArray(), get_num_threads(), history.Waiting)
        {
            SkippedSteps = [.. history.Points.Where(p => p.IsSkipped).Select(p => p.Step)],
            Validations = [.. history.Validations],
            Diagnostics = [.. history.Diagnostics],
        };
        SafetensorsWriter.Write(path, Tensors.ToList(), new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state, s_json) });
    }

    /// <summary>Restores the state, if there is one; returns the epoch and the place in it.</summary>
    /// <exception cref="InvalidOperationException">The checkpoint belongs to other settings.</exception>
    /// <exception cref="MalformedInputException">The file is something else, or damaged.</exception>
    public (int Epoch, StreamPosition Place)? TryLoad()
    {
        if (!File.Exists(path))
            return null;
        using var file = SafetensorsFile.Open(path);
        var state = Read(file);
        if (settings.DifferencesFrom(state.Settings) is { Length: > 0 } differences)
            throw new InvalidOperationException($"The checkpoint {path} was made with other settings: {differences}. Use the same ones, delete it, or set {nameof(TrainingRun.Resume)} to false.");
        if (ThreadChange.Describe(state.Threads) is { } changed)
            note?.Invoke(changed);
        using var unrecorded = no_grad();
        foreach (var (name, tensor) in Tensors)
            file.CopyTo(name, tensor);
        optimizer.StepCount = state.Step;
        var skipped = state.SkippedSteps.ToHashSet();
        for (int i = 0; i < state.Points.Length; i += 3)
            history.Add(new TrainingHistory.Point(i / 3 + 1, state.Points[i], state.Points[i + 1], state.Points[i + 2] < 0 ? double.NaN : state.Points[i + 2]) { IsSkipped = skipped.Contains(i / 3 + 1) });
        Array.ForEach(state.Validations, history.Add);
        Array.ForEach(state.Diagnostics, diagnostic => history.Add(diagnostic));
        (history.Examples, history.Tokens, history.Skipped, history.Duration, history.Waiting) = (state.Examples, state.Tokens, state.Skipped, state.Duration, state.Waiting);
        return (state.Epoch, state.Place);
    }

    /// <summary>The precision that a stage was begun with; null where there is no such state. What is wrong with a file is said when it is loaded.</summary>
    public static TrainingPrecision? PrecisionIn(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = SafetensorsFile.Open(path);
            return TryRead(file)?.Settings[nameof(TrainingStage.Precision)] is JsonValue value && Enum.TryParse<TrainingPrecision>(value.ToString(), out var precision) && precision != TrainingPrecision.Auto
                ? precision : null;
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    /// <summary>Removes the state of a finished run.</summary>
    public void Delete()
    {
        if (File.Exists(path)) // a short run never made the folder
            File.Delete(path);
    }

    private State Read(SafetensorsFile file) => TryRead(file) ?? throw new MalformedInputException(path, "it holds no training state", "Delete it to start this part of the training anew.");

    private static State? TryRead(SafetensorsFile file)
    {
        try
        {
            return file.Metadata.TryGetValue(StateKey, out string? json) && JsonSerializer.Deserialize<State>(json, s_json) is { } state && IsWhole(state) ? state : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return null; // as if it had none
        }
    }

    private static bool IsWhole(State state) => state is { SkippedSteps: not null, Validations: not null, Diagnostics: not null, Settings: not null, Points: not null, Epoch: >= 0, Step: >= 0, Examples: >= 0, Tokens: >= 0, Skipped: >= 0, Threads: >= 0 }
        && state.Duration >= TimeSpan.Zero && state.Waiting >= TimeSpan.Zero && state.Points.Length % 3 == 0
        && state.Place is { Example: >= 0, Window: >= 0, WindowExample: >= 0, WindowRow: >= 0, GroupBatches: >= 0 };

    private sealed record State(JsonObject Settings, int Epoch, StreamPosition Place, long Step, long Examples, long Tokens, long Skipped, TimeSpan Duration, double[] Points, int Threads, TimeSpan Waiting = default)
    {
        public long[] SkippedSteps { get; init; } = [];

        public ValidationPoint[] Validations { get; init; } = [];

        public TrainingDiagnostic[] Diagnostics { get; init; } = [];
    }
}
