namespace VlmMlNet.Cpu.Weights;

/// <summary>How a matrix lies in memory.</summary>
internal enum WeightFormat
{
    /// <summary>Rows of floats, as libtorch has them.</summary>
    Float32,

    /// <summary>Rows of bfloat16, as libtorch has them.</summary>
    BFloat16,

    /// <summary>Tiles of 16 rows: for every four columns 16 rows of four bytes, which are from -127 to 127 plus 128. A float scale per row.</summary>
    Int8,

    /// <summary>Tiles of 16 rows: for every 128 columns four groups of 32, 256 bytes each, then the scales of all four, 16 bytes
    /// each, see <see cref="Int4Group"/>. A float scale per row. A group is 4 vectors of 64 bytes, four for each row: the low half of byte b in vector j is column 4 j + b plus 8,
    /// the high half column 16 + 4 j + b.</summary>
    Int4,

    /// <summary>The numbers of <see cref="BFloat16"/>, all of them, in 12 bits and a few bytes beside them. See
    /// <see cref="CompactRows"/>.</summary>
    CompactBFloat16,
}
