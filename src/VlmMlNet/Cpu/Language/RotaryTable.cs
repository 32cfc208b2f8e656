using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.Cpu.Language;

/// <summary>Cosines and sines of the rotary embedding, as <see cref="RotaryEmbedding"/> has them.</summary>
internal sealed class RotaryTable(int headSize, double theta)
{
    private readonly int _half = headSize / 2;
    private float[] _cos = [], _sin = [];

    /// <summary>Makes sure that all positions below a count are there.</summary>
    public void Grow(int positions)
    {
        int known = _cos.Length / _half;
        if (known >= positions)
            return;
        Array.Resize(ref _cos, positions * _half);
        Array.Resize(ref _sin, positions * _half);
        for (int i = 0; i < _half; i++)
        {
            float frequency = 1 / MathF.Pow((float)theta, 2 * i / (float)headSize);
            for (int p = known; p < positions; p++)
                (_sin[p * _half + i], _cos[p * _half + i]) = MathF.SinCos(p * frequency);
        }
    }

    /// <summary>Turns heads in place.</summary>
    /// <param name="heads">[heads, headSize].</param>
    /// <param name="position">The token's position.</param>
    public void Turn(Span<float> heads, int position)
    {
        var cos = _cos.AsSpan(position * _half, _half);
        var sin = _sin.AsSpan(position * _half, _half);
        for (; heads.Length >= 2 * _half; heads = heads[(2 * _half)..])
        {
            var first = heads[.._half];
            var second = heads.Slice(_half, _half);
            for (int i = 0; i < cos.Length; i++)
            {
                float a = first[i], b = second[i];
                first[i] = a * cos[i] - b * sin[i];
                second[i] = b * cos[i] + a * sin[i];
            }
        }
    }
}
