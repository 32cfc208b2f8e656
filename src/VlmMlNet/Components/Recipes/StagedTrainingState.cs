using System.Text.Json;
using VlmMlNet.Files;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Recipes;

/// <summary>What a run has finished, in the file training.json of its folder.</summary>
internal sealed class StagedTrainingState(string folder)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly string _path = Path.Combine(folder, "training.json");
    private List<FinishedStage> _finished = [];

    public bool Exists => File.Exists(_path);

    public IReadOnlyList<FinishedStage> Finished => _finished;

    public void Read()
    {
        try
        {
            using var stream = File.OpenRead(_path);
            _finished = JsonSerializer.Deserialize<List<FinishedStage>>(stream) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new MalformedInputException(_path, "it is not the state of a training run", "Train into another folder.", innerException: e);
        }
    }

    public void Begin() => Write();

    public void Add(TrainingStage stage, TrainingHistory history)
    {
        _finished.Add(new FinishedStage(stage.Name, history.Points.Count, history.Points[0].Loss, history.Points[^1].Loss, history.Examples, history.Duration));
        Write();
    }

    private void Write()
    {
        PendingFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_finished, s_json));
    }

    internal sealed record FinishedStage(string Name, int Steps, double FirstLoss, double LastLoss, long Examples, TimeSpan Duration);
}
