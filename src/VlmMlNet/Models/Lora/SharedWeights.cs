using static TorchSharp.torch;

namespace VlmMlNet.Models.Lora;

/// <summary>Two modules with one memory.</summary>
internal static class SharedWeights
{
    /// <summary>Lets the parameters of a new module lie where another's do. The memory is freed with the last of the two.</summary>
    /// <param name="from">Whose memory it is; not to be changed from now on.</param>
    /// <param name="to">Of the same shape, type and device. What it had allocated, but not touched, is given back.</param>
    public static void Share(nn.Module from, nn.Module to)
    {
        using var unrecorded = no_grad();
        foreach (var (source, target) in from.parameters().Zip(to.parameters()))
            target.set_(source);
    }
}
