using VlmMlNet.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Lora;

/// <summary>Hides inputs of adapters while they are trained.</summary>
/// <remarks>What is hidden depends on seed, step, batch and layer alone: it is the same where a layer is computed once more for its
/// gradient, and where training is continued from a checkpoint.</remarks>
/// <param name="share">Share of the inputs.</param>
internal sealed class LoraDropout(double share)
{
    private ulong? _batch;

    /// <summary>Begins a batch.</summary>
    public void Begin(long seed, long step, int batch) => _batch = SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix((ulong)seed) + (ulong)step) + (ulong)batch);

    /// <summary>From here on nothing is hidden.</summary>
    public void End() => _batch = null;

    /// <summary>Hides some of the inputs and enlarges the others, so that the mean stays.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="layer">Tells layers apart.</param>
    public Tensor Apply(Tensor x, int layer)
    {
        if (_batch is not { } batch)
            return x;
        using var generator = new Generator(SplitMix64.Mix(batch + (ulong)layer), x.device);
        using TorchSharp.Scalar kept = 1 - share;
        var mask = empty(x.shape, x.dtype, x.device).bernoulli_(1 - share, generator).div_(kept);
        return x.mul(mask);
    }
}
