namespace VlmMlNet.Cpu.Weights;

/// <summary>A matrix of a linear layer, [rows, columns], in one of the formats that the kernels read.</summary>
internal sealed unsafe class WeightMatrix
{
    /// <summary>Rows that lie side by side in a tile, and that are the unit of work.</summary>
    public const int TileRows = 16;

    /// <summary>Columns and bytes that share a tile's place in <see cref="WeightFormat.Int4"/>.</summary>
    public const int Int4Columns = 128, Int4Bytes = 1088, Int4Group = 32;

    /// <summary>Columns of <see cref="WeightFormat.Int8"/> whose activations share a scale, and what is added to its stored bytes.</summary>
    public const int Int8Group = 64, Int8Offset = 128;

    /// <summary>How far before its use a weight is fetched where one token is a matter of reading memory.</summary>
    public const int BytesAhead = 4096;

    /// <param name="format">How it lies.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="data">Its bytes, which somebody else keeps alive.</param>
    /// <param name="scales">Per row, to whole tiles; but for <see cref="WeightFormat.Float32"/> and <see cref="WeightFormat.BFloat16"/>.</param>
    /// <param name="rest">Per tile; <see cref="WeightFormat.CompactBFloat16"/> only.</param>
    public WeightMatrix(WeightFormat format, int rows, int columns, byte* data, float* scales = null, byte* rest = null)
    {
        Rest = rest;
        (Format, Rows, Columns) = (format, rows, columns);
        Data = data;
        Scales = scales;
        PaddedColumns = Pad(format, columns);
    }

    public WeightFormat Format { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Columns with the zeros that fill the last step of a kernel.</summary>
    public int PaddedColumns { get; }

    public byte* Data { get; }

    public float* Scales { get; }

    /// <summary>Weights that the format has no numbers for, see <see cref="CompactRows"/>.</summary>
    public byte* Rest { get; }

    public int Tiles => TilesOf(Rows);

    /// <summary>Bytes from a tile to the next.</summary>
    public long TileBytes => BytesOf(Format, TileRows, Columns);

    public static int TilesOf(int rows) => (rows + TileRows - 1) / TileRows;

    public static int Pad(WeightFormat format, int columns)
    {
        int step = format switch { WeightFormat.Int4 => Int4Columns, WeightFormat.Int8 => Int8Group, WeightFormat.CompactBFloat16 => CompactRows.BlockColumns, _ => 16 };
        return (columns + step - 1) / step * step;
    }

    /// <summary>Bytes of a matrix without its scales per row.</summary>
    public static long BytesOf(WeightFormat format, int rows, int columns)
    {
        long padded = Pad(format, columns);
        return format switch
        {
            WeightFormat.Float32 => rows * padded * sizeof(float),
            WeightFormat.BFloat16 => rows * padded * sizeof(ushort),
            WeightFormat.CompactBFloat16 => rows * CompactRows.BytesOf((int)padded),
            WeightFormat.Int8 => (long)TilesOf(rows) * TileRows * padded,
            _ => TilesOf(rows) * (padded / Int4Columns) * Int4Bytes,
        };
    }
}
