using System.Globalization;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>How many parameters each part of a model has.</summary>
/// <param name="Vision">The image encoder without its pooling head.</param>
/// <param name="VisionHead">The attention-pool head; 0 without one.</param>
/// <param name="Projector">The projector.</param>
/// <param name="Language">The language model; tied embeddings count once.</param>
public sealed record ParameterCounts(long Vision, long VisionHead, long Projector, long Language)
{
    /// <summary>All parts together.</summary>
    public long Total => Vision + VisionHead + Projector + Language;

    /// <summary>Counts without allocating weights: the modules may lie on the meta device.</summary>
    public static ParameterCounts Of(VisionLanguageNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        long head = network.Vision.vision_model.head is { } pool ? Count(pool) : 0;
        return new ParameterCounts(Count(network.Vision) - head, head, Count(network.Projector), Count(network.Language));
    }

    /// <summary>The counts in millions, with their sum.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"vision {Vision / 1e6:F1}M + head {VisionHead / 1e6:F1}M + projector {Projector / 1e6:F1}M + language {Language / 1e6:F1}M = {Total / 1e6:F1}M");

    internal static long Count(nn.Module module) => module.parameters().Sum(p => p.numel());
}
