using System.Collections.Concurrent;
using System.Diagnostics;
using VlmMlNet.Models;
using VlmMlNet.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>Finds the precision that <see cref="TrainingPrecision.Auto"/> stands for.</summary>
internal static class PrecisionChoice
{
    private const int Tokens = 512;
    private const double WorthIt = 1.3;
    private const long SmallestMatrix = 1 << 20; // smaller ones are bound by other things than products
    private static readonly ConcurrentDictionary<(string Device, int Width, int Inner), double> s_gains = [];

    /// <summary>The precision of a stage, with the reason in words where there is something to say.</summary>
    public static (TrainingPrecision Precision, string Reason) For(TrainingStage stage, VisionLanguageNetwork network)
    {
        if (stage.Precision != TrainingPrecision.Auto)
            return (stage.Precision, "");
        var config = network.Language.Config;
        var weight = network.Language.OutputWeight;
        if (weight.dtype == ScalarType.BFloat16)
            return (TrainingPrecision.BFloat16, "as the language model's weights are stored");
        if ((long)config.HiddenSize * config.IntermediateSize < SmallestMatrix)
            return (TrainingPrecision.Float32, "");
        double gain = s_gains.GetOrAdd((weight.device.ToString(), config.HiddenSize, config.IntermediateSize), _ => Measure(weight.device, config.HiddenSize, config.IntermediateSize));
        return (gain >= WorthIt ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32,
            FormattableString.Invariant($"since products in bfloat16 take {1 / gain:0.00} of float32's time here"));
    }

    // The best of several turns: another process may take the processor meanwhile.
    private static double Measure(Device device, int width, int inner)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        TorchThreads.Join();
        var wide = (X: rand([Tokens, width], device: device), W: rand([inner, width], device: device));
        var narrow = (X: wide.X.to(ScalarType.BFloat16), W: wide.W.to(ScalarType.BFloat16));
        double slow = double.MaxValue, fast = double.MaxValue;
        for (int turn = 0; turn < 4; turn++)
        {
            slow = Math.Min(slow, Time(wide.X, wide.W, device));
            fast = Math.Min(fast, Time(narrow.X, narrow.W, device));
        }
        return slow / fast;
    }

    private static double Time(Tensor x, Tensor weight, Device device)
    {
        long start = Stopwatch.GetTimestamp();
        using var y = nn.functional.linear(x, weight);
        if (device.type == TorchSharp.DeviceType.CUDA)
            cuda.synchronize(device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
