using Microsoft.ML.Runtime;
using VlmMlNet.Training;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Stages;

/// <summary>Runs a stage as a good component of ML.NET: seed, device, log and cancellation are the context's.</summary>
internal static class StageRun
{
    /// <summary>Trains.</summary>
    /// <param name="host">The estimator's host.</param>
    /// <param name="data">The examples.</param>
    /// <param name="previous">The model to start from.</param>
    /// <param name="stage">What is trained.</param>
    /// <param name="run">How it is run; its seed is not looked at.</param>
    public static TrainedModel Train(IHost host, TrainingSet data, VisionLanguageModel previous, TrainingStage stage, TrainingRun run)
    {
        using var channel = host.Start("Train");
        var device = TorchDevice.For(host);
        if (device.type != previous.Device.type)
            channel.Warning($"The model lies on {previous.Device} and is trained there; the context asks for {device}.");
        var log = new StageLog(channel);
        log.Begin(stage, data);
        var trained = StageTrainer.Train(previous, data, stage, run with
        {
            Seed = ((IHostEnvironmentInternal)host).Seed ?? host.Rand.Next(),
            Note = text =>
            {
                log.Info(text);
                run.Note?.Invoke(text);
            },
            Validated = validation =>
            {
                log.Validated(stage, validation);
                run.Validated?.Invoke(validation);
            },
            Diagnosed = diagnostic =>
            {
                channel.Warning(MessageSensitivity.None, "{0}", diagnostic.Text);
                run.Diagnosed?.Invoke(diagnostic);
            },
            Progress = progress =>
            {
                log.Step(progress);
                run.Progress?.Invoke(progress);
                host.CheckAlive(); // ends the run as a cancelled token does
            },
        });
        log.End(stage, trained.History);
        return trained;
    }
}
