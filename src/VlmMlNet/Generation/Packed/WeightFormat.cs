namespace VlmMlNet.Generation.Packed;

/// <summary>How a matrix lies in memory.</summary>
internal enum WeightFormat
{
    /// <summary>Rows of floats, as libtorch has them.</summary>
    Float32,

    /// <summary>Rows of bfloat16, as libtorch has them.</summary>
    BFloat16,

    /// <summary>Tiles of 16 rows: for every four columns 16 rows of four bytes, which are from -127 to 127 plus 128. A float scale per row.</summary>
    Int8,

    /// <summary>Tiles of 16 rows: for every 64 columns two groups of 32, 256 bytes each, then the scales of both, 16 bfloat16
    /// each. A group is 4 vectors of 64 bytes, four for each row: the low half of byte b in vector j is column 4 j + b plus 8,
    /// the high half column 16 + 4 j + b.</summary>
    Int4,
}
