using System.Text.Json;
using VlmMlNet.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>The state of an unfinished stage in one file: trained weights, optimizer moments, place in the data, history.</summary>
internal sealed class TrainingCheckpoint(string folder, TrainingStage stage, long seed, long exampleCount)
{
    private const string StateKey = "training_state";

    private string FilePath => Path.Combine(folder, "checkpoint.safetensors");

    // What must be equal for a continuation to make sense.
    private string Settings => JsonSerializer.Serialize(new { stage, seed, exampleCount });

    /// <summary>Writes the state beside the last one and takes its place.</summary>
    public void Save(TrainableParts parts, AdamW optimizer, TrainingHistory history, int epoch, StreamPosition place)
    {
        Directory.CreateDirectory(folder);
        var state = new State(Settings, epoch, place, optimizer.StepCount, history.Examples, history.Tokens, history.Skipped, history.Duration,
            history.Points.SelectMany(p => new[] { p.Loss, p.RateFactor, double.IsNaN(p.GradientNorm) ? -1 : p.GradientNorm }).ToArray());
        SafetensorsWriter.Write(FilePath, Tensors(parts, optimizer).ToList(), new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state) });
    }

    /// <summary>Restores the state, if there is one; returns the epoch and the place in it.</summary>
    /// <exception cref="InvalidOperationException">The checkpoint belongs to other settings.</exception>
    public (int Epoch, StreamPosition Place)? TryLoad(TrainableParts parts, AdamW optimizer, TrainingHistory history)
    {
        if (!File.Exists(FilePath))
            return null;
        using var file = SafetensorsFile.Open(FilePath);
        if (!file.Metadata.TryGetValue(StateKey, out string? json) || JsonSerializer.Deserialize<State>(json) is not { } state)
            throw new MalformedInputException(FilePath, "it holds no training state", "Delete it to start the stage anew.");
        if (state.Settings != Settings)
            throw new InvalidOperationException($"The checkpoint {FilePath} was made with other settings, another seed or other data. Use the same ones, delete it, or set {nameof(TrainingRun.Resume)} to false.");
        using var unrecorded = no_grad();
        foreach (var (name, tensor) in Tensors(parts, optimizer))
            file.CopyTo(name, tensor);
        optimizer.StepCount = state.Step;
        for (int i = 0; i < state.Points.Length; i += 3)
            history.Add(new TrainingHistory.Point(i / 3 + 1, state.Points[i], state.Points[i + 1], state.Points[i + 2] < 0 ? double.NaN : state.Points[i + 2]));
        (history.Examples, history.Tokens, history.Skipped, history.Duration) = (state.Examples, state.Tokens, state.Skipped, state.Duration);
        return (state.Epoch, state.Place);
    }

    /// <summary>Removes the state of a finished stage.</summary>
    public void Delete()
    {
        if (File.Exists(FilePath)) // a short stage never made the folder
            File.Delete(FilePath);
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Tensors(TrainableParts parts, AdamW optimizer)
    {
        foreach (var (prefix, module, _) in parts.Modules(stage))
            foreach (var (name, parameter) in module.named_parameters())
                yield return KeyValuePair.Create<string, Tensor>(prefix + name, parameter);
        foreach (var entry in optimizer.State)
            yield return entry;
    }

    private sealed record State(string Settings, int Epoch, StreamPosition Place, long Step, long Examples, long Tokens, long Skipped, TimeSpan Duration, double[] Points);
}
