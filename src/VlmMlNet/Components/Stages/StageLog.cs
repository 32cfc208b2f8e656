using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Stages;

/// <summary>Tells the context's log about a running stage: its beginning, now and then a step, its end.</summary>
internal sealed class StageLog(IChannel channel)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private const double Share = 0.1;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private double _lastFraction;

    public void Begin(TrainingStage stage, TrainingSet data)
    {
        string trained = string.Join(", ", new[]
        {
            (Name: "image encoder", Rate: stage.VisionLearningRate),
            (Name: "projector", Rate: stage.ProjectorLearningRate),
            (Name: "language model", Rate: stage.LanguageLearningRate),
        }.Where(part => part.Rate is not null).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} at {part.Rate}")));
        Info($"{stage.Name}: {data.Count} examples, {stage.Epochs} epoch{(stage.Epochs == 1 ? "" : "s")}, {stage.Mask} mask, training {trained}");
    }

    /// <summary>Says what is noteworthy before a stage begins.</summary>
    public static void Warn(IHost host, string text)
    {
        using IChannel channel = host.Start("Reading");
        channel.Warning(MessageSensitivity.None, "{0}", text);
    }

    /// <summary>Every tenth of the stage, or after ten seconds.</summary>
    public void Step(TrainingProgress progress)
    {
        if (progress.Fraction < _lastFraction + Share && _sinceLast.Elapsed < s_interval)
            return;
        _lastFraction = progress.Fraction;
        _sinceLast.Restart();
        Info(progress.ToString());
    }

    public void Validated(TrainingStage stage, ValidationPoint validation)
    {
        string score = validation.Score is { } value ? string.Create(CultureInfo.InvariantCulture, $", score {value:F3}") : "";
        Info(string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: validation after step {validation.Step}: loss {validation.Loss:F4}{score}"));
    }

    public void End(TrainingStage stage, TrainingHistory history)
    {
        string skipped = history.Skipped == 0 ? "" : $", {history.Skipped} examples skipped";
        if (history.BestStep is { } best)
            skipped += string.Create(CultureInfo.InvariantCulture, $"; the weights are those of step {best}, the best in validation");
        Info(string.Create(CultureInfo.InvariantCulture,
            $"{stage.Name}: finished after {history.Points.Count} steps and {history.Duration.TotalSeconds:F1} s, loss {history.Points[0].Loss:F4} -> {history.Points[^1].Loss:F4}{skipped}"));
    }

    /// <summary>Says something; as text with braces it would be taken for a format.</summary>
    public void Info(string text) => channel.Info(MessageSensitivity.None, "{0}", text);
}
