using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Rotary position embedding in Hugging Face's layout: element i of a head turns together with element i + D/2.</summary>
internal static class RotaryEmbedding
{
    /// <summary>Cosines and sines of every position, computed in float32. Both are [B, 1, T, headSize].</summary>
    public static (Tensor Cos, Tensor Sin) Angles(Tensor positionIds, int headSize, double theta, ScalarType dtype)
    {
        var exponents = arange(0, headSize, 2, ScalarType.Int64, positionIds.device).to(ScalarType.Float32) / headSize;
        var inverseFrequencies = pow((float)theta, exponents).reciprocal();                                    // [D/2]
        var half = positionIds.to(ScalarType.Float32).unsqueeze(-1) * inverseFrequencies;                      // [B, T, D/2]
        var angles = cat([half, half], -1).unsqueeze(1);                                                       // [B, 1, T, D]
        return (angles.cos().to(dtype), angles.sin().to(dtype));
    }

    /// <summary>Turns x [B, heads, T, D].</summary>
    public static Tensor Apply(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[^1] / 2;
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return x * cos + turned * sin;
    }
}
