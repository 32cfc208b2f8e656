using VlmMlNet.Models;
using VlmMlNet.Tensors;
using VlmMlNet.Training.Features;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Batches;

/// <summary>Features of a batch of which the cache lacks some: their pictures wait to be encoded.</summary>
/// <param name="cache">Receives them.</param>
/// <param name="pixels">[missing, 3, H, W]; owned.</param>
/// <param name="missing">Each one's place in the batch, and what it is known by, where that could be told.</param>
internal sealed unsafe class PendingFeatures(FeatureCache cache, Tensor pixels, IReadOnlyList<(int Place, FeatureKey? Key)> missing) : IDisposable
{
    /// <summary>Encodes the pictures, keeps their features and writes them to their places.</summary>
    /// <param name="network">Has the encoder.</param>
    /// <param name="device">Where it lies.</param>
    /// <param name="features">[pictures, patches, width] float32 on the CPU.</param>
    public void Encode(VisionLanguageNetwork network, Device device, Tensor features)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var encoded = PictureByPicture.Run(pixels.to(device), network.Vision.forward).to(ScalarType.Float32).cpu().contiguous();
        float* from = TensorMemory.Pointer<float>(encoded), to = TensorMemory.Pointer<float>(features);
        for (int i = 0; i < missing.Count; i++)
        {
            var values = new Span<float>(from + (long)i * cache.ValueCount, cache.ValueCount);
            cache.Add(missing[i].Key, values);
            values.CopyTo(new Span<float>(to + (long)missing[i].Place * cache.ValueCount, cache.ValueCount));
        }
    }

    /// <summary>How many.</summary>
    public int Count => missing.Count;

    public void Dispose() => pixels.Dispose();
}
