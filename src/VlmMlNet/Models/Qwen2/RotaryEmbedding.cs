using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Rotary position embedding in Hugging Face's layout: element i of a head turns together with element i + D/2.</summary>
internal static class RotaryEmbedding
{
    /// <summary>Cosines and sines of every position, computed in float32. Both are [B, 1, T, headSize].</summary>
    public static (Tensor Cos, Tensor Sin) Angles(Tensor positionIds, int headSize, double theta, ScalarType dtype)
    {
        var inverseFrequencies = tensor(InverseFrequencies(headSize, theta), device: positionIds.device);            // [D/2]
        var half = positionIds.to(ScalarType.Float32).unsqueeze(-1) * inverseFrequencies;                      // [B, T, D/2]
        var angles = cat([half, half], -1).unsqueeze(1);                                                       // [B, 1, T, D]
        return (angles.cos().to(dtype), angles.sin().to(dtype));
    }

    private static float[] InverseFrequencies(int headSize, double theta)
    {
        var frequencies = new float[headSize / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = 1 / MathF.Pow((float)theta, 2 * i / (float)headSize);
        return frequencies;
    }

    /// <summary>Turns x [B, heads, T, D].</summary>
    public static Tensor Apply(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[^1] / 2;
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * cos).add(turned * sin, Layers.LiveScalar.One);
    }
}
