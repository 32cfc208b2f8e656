using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Tiles of integer weights times blocks of tokens, in an order that leaves a block's activations in a near cache.</summary>
internal static unsafe class IntegerBlocks
{
    /// <summary>See <see cref="KernelSet.Multiply"/>.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="x">Activations in its format.</param>
    /// <param name="firstTile">First tile.</param>
    /// <param name="endTile">Behind the last tile.</param>
    /// <param name="y">[tokens, stride].</param>
    /// <param name="stride">Floats from a token to the next.</param>
    /// <param name="multiply">By the tokens of a block: a tile, the block's activations, their groups, scales and corrections, the
    /// rows' scales, the result and its stride.</param>
    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride,
        delegate*<int, byte*, int*, int, float*, int*, float*, float*, int, void> multiply)
    {
        int groups = x.Groups;
        for (int token = 0; token < x.Tokens;)
        {
            int* input = (int*)(x.Data + (long)token * x.TokenBytes);
            float* scales = x.Scales + (long)token * groups;
            int* corrections = x.Corrections + (long)token * groups;
            int size = x.BlockAt(token);
            for (int tile = firstTile; tile < endTile; tile++)
                multiply(size, weights.Data + tile * weights.TileBytes, input, groups, scales, corrections, weights.Scales + tile * WeightMatrix.TileRows,
                    y + (long)token * stride + tile * WeightMatrix.TileRows, stride);
            token += size;
        }
    }
}
