using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Packing;

/// <summary>Rounds trained matrices into the formats of the kernels.</summary>
internal static unsafe class MatrixPacker
{
    private const int RowsAtATime = 1024; // whole tiles; of a wide matrix some megabytes of floats
    private static readonly TilePacker s_best = Lanes512.IsSupported ? TilePacker<Lanes512>.Pack : Lanes256.IsSupported ? TilePacker<Lanes256>.Pack : TilePacker<LanesScalar>.Pack;

    /// <summary>Fills a tile.</summary>
    /// <param name="rows">[count, target's padded columns], zeros behind the columns.</param>
    /// <param name="count">Rows, at most those of a tile.</param>
    /// <param name="target">The matrix.</param>
    /// <param name="tile">The tile; its memory is zeroed.</param>
    /// <returns>Whether the format holds them.</returns>
    public delegate bool TilePacker(float* rows, int count, WeightMatrix target, int tile);

    /// <summary>Fills a matrix.</summary>
    /// <param name="weight">[rows, columns], floats of any kind, on any device.</param>
    /// <param name="target">Its memory is zeroed.</param>
    /// <param name="packer">Null for the fastest; all give the same bytes.</param>
    /// <returns>False where the format cannot hold the weights, which is so of few and of <see cref="WeightFormat.CompactBFloat16"/> only.</returns>
    public static bool Pack(Tensor weight, WeightMatrix target, TilePacker? packer = null)
    {
        using var unrecorded = no_grad();
        if (target.Layout.IsOfModule)
            throw new ArgumentException($"{target.Format} is libtorch's own.", nameof(target));
        packer ??= s_best;
        bool isHeld = true;
        for (int first = 0; isHeld && first < target.Rows; first += RowsAtATime)
        {
            using var scope = NewDisposeScope();
            int rows = Math.Min(RowsAtATime, target.Rows - first), columns = target.PaddedColumns;
            var block = nn.functional.pad(Rounded(weight.narrow(0, first, rows)), (0, columns - target.Columns)).contiguous();
            float* source = TensorMemory.Pointer<float>(block);
            int firstTile = first / WeightMatrix.TileRows;
            Parallel.For(0, WeightMatrix.TilesOf(rows), tile =>
            {
                int row = tile * WeightMatrix.TileRows;
                if (!packer(source + (long)row * columns, Math.Min(WeightMatrix.TileRows, rows - row), target, firstTile + tile))
                    Volatile.Write(ref isHeld, false);
            });
            GC.KeepAlive(block);
        }
        return isHeld;

        Tensor Rounded(Tensor rows) => (target.Layout.IsOfBFloat16 ? rows.to(ScalarType.BFloat16) : rows).to(ScalarType.Float32, CPU);
    }
}
