namespace VlmMlNet.Cpu.Weights;

/// <summary>Bfloat16 without loss in three quarters of its bits.</summary>
/// <remarks>
/// The weights of a row are of like size: of the 8 bits of their exponents the largest 15 values that a row needs, and zero, say
/// nearly all. So a weight is 12 bits: sign, 4 bits of exponent, 7 of mantissa; times a power of two, the scale of its
/// row. Weights too small for that are zero there and stand, as they are, in the rest of their tile.
/// <para>
/// A block of 128 columns is 192 bytes, three vectors A, B, C of 32 numbers of 16 bits. Of a weight, the sign lies in bit 15,
/// exponent and mantissa in bits 10 to 0: a bfloat16 that is 2^-n of what it means, with n the same in a row. Bits 14 to 11 of all three
/// make a fourth vector: those of A its exponents, those of B the upper four bits of its mantissas, those of C the lower
/// three, and the signs in bit 11. Vector v holds columns 32 v + i in its even, 32 v + 16 + i in its odd numbers, so that each
/// half of 32 bits is a float after one operation.
/// </para>
/// <para>
/// The weights mean so little, about 2^-126, that activations are multiplied by 2^90, lest products fall below what a
/// float holds; the scales of rows have 2^-90 in them.
/// </para>
/// <para>The rest of a tile: how many weights it has of each of the 16 rows, in 16 bits each; then, row by row, column and
/// bfloat16 of each.</para>
/// </remarks>
internal static unsafe class CompactRows
{
    public const int BlockColumns = 128, BlockBytes = 192, LargestExponent = 15;

    /// <summary>What activations are multiplied with, 2 to the power of this, and what undoes it.</summary>
    public const int InputPower = 90;

    /// <inheritdoc cref="InputPower"/>
    public const float InputScale = (float)(1L << InputPower / 2) * (1L << InputPower / 2), InverseInputScale = 1 / InputScale;

    private const int CountBytes = WeightMatrix.TileRows * sizeof(ushort), ColumnsPerEntry = 8; // 1 in 128 weights of a tile may be in the rest

    /// <summary>Bytes of a row.</summary>
    public static long BytesOf(int paddedColumns) => paddedColumns / BlockColumns * BlockBytes;

    /// <summary>Bytes of the rest of a tile, whole cache lines.</summary>
    public static int RestBytes(int paddedColumns) =>
        (CountBytes + paddedColumns / ColumnsPerEntry * RestEntry.Bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment;

    /// <summary>Weights that the rest of a tile has room for.</summary>
    public static int RestCapacity(int paddedColumns) => (RestBytes(paddedColumns) - CountBytes) / RestEntry.Bytes;

    /// <summary>Of a tile's rest, the number of weights of each row.</summary>
    public static ushort* Counts(byte* rest) => (ushort*)rest;

    /// <summary>Of a tile's rest, the weights.</summary>
    public static RestEntry* Entries(byte* rest) => (RestEntry*)(rest + CountBytes);

    /// <summary>Holds counts and columns, which kernels take as they are, to the matrix: what a file says must not lead outside of it.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <returns>What is wrong; null for a good matrix.</returns>
    public static string? FindFault(WeightMatrix matrix)
    {
        int capacity = RestCapacity(matrix.PaddedColumns), bytes = RestBytes(matrix.PaddedColumns);
        for (int tile = 0; tile < matrix.Tiles; tile++)
        {
            byte* rest = matrix.Rest + (long)tile * bytes;
            int rows = Math.Min(WeightMatrix.TileRows, matrix.Rows - tile * WeightMatrix.TileRows), total = 0;
            for (int r = 0; r < WeightMatrix.TileRows; r++)
            {
                if (r >= rows && Counts(rest)[r] != 0)
                    return $"tile {tile} has {Counts(rest)[r]} weights for row {r}, which it does not have";
                total += Counts(rest)[r];
            }
            if (total > capacity)
                return $"tile {tile} says that it has {total} weights; there is room for {capacity}";
            for (int i = 0; i < total; i++)
                if (Entries(rest)[i].Column >= matrix.Columns)
                    return $"weight {i} of tile {tile} is in column {Entries(rest)[i].Column} of {matrix.Columns}";
        }
        return null;
    }

    /// <summary>Reads a row.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The row.</param>
    /// <param name="target">[Columns].</param>
    public static void Read(WeightMatrix matrix, int row, Span<float> target)
    {
        byte* data = matrix.Data + row * BytesOf(matrix.PaddedColumns), rest = matrix.Rest + row / WeightMatrix.TileRows * (long)RestBytes(matrix.PaddedColumns);
        for (int k = 0; k < target.Length; k++)
            target[k] = Read(data, k, matrix.Scales[row]);
        var entry = Entries(rest);
        for (int r = 0; r < row % WeightMatrix.TileRows; r++)
            entry += Counts(rest)[r];
        for (int i = Counts(rest)[row % WeightMatrix.TileRows]; i > 0; i--, entry++)
            target[entry->Column] = entry->Value;
    }

    // Without the rest.
    private static float Read(byte* row, int column, float scale)
    {
        const int Exponents = 0x0780, UpperMantissa = 0x0078, LowerMantissa = 7, Sign = 0x8000, Whole = 0x87FF;
        int vector = column % BlockColumns / 32, lane = column % 16 * 2 + column / 16 % 2;
        ushort* block = (ushort*)(row + column / BlockColumns * BlockBytes) + lane;
        int bits = vector < 3
            ? block[vector * 32] & Whole
            : (block[0] >> 4 & Exponents) | (block[32] >> 8 & UpperMantissa) | (block[64] >> 12 & LowerMantissa) | (block[64] << 4 & Sign);
        return BitConverter.Int32BitsToSingle(bits << 16) * InputScale * scale;
    }
}
