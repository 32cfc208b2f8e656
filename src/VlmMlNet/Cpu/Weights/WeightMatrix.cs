using VlmMlNet.Cpu.Weights.Layouts;

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
        (Layout, Rows, Columns) = (WeightLayout.Of(format), rows, columns);
        Data = data;
        Scales = scales;
        PaddedColumns = Layout.Pad(columns);
        TileBytes = Layout.BytesOf(TileRows, PaddedColumns);
    }

    /// <summary>How it lies.</summary>
    public WeightLayout Layout { get; }

    public WeightFormat Format => Layout.Format;

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
    public long TileBytes { get; }

    /// <summary>Reads a row as floats, as embeddings are.</summary>
    /// <param name="row">The row.</param>
    /// <param name="target">[Columns].</param>
    public void ReadRow(int row, Span<float> target) => Layout.ReadRow(this, row, target);

    public static int TilesOf(int rows) => (rows + TileRows - 1) / TileRows;

    public static int Pad(WeightFormat format, int columns) => WeightLayout.Of(format).Pad(columns);

    /// <summary>Bytes of a matrix without its scales per row.</summary>
    public static long BytesOf(WeightFormat format, int rows, int columns) => WeightLayout.Of(format).BytesOf(rows, Pad(format, columns));
}
