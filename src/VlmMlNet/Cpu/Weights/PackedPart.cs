using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights;

/// <summary>A block of a packed model's memory, and a tensor of its file.</summary>
/// <param name="Name">The name that the module's parameter has, and for scales and rests of matrices that with <c>_scale</c> or <c>_rest</c> behind it.</param>
/// <param name="Type">Type in the file.</param>
/// <param name="Shape">Shape in the file. The bytes are a multiple of 64, so that one block begins aligned where the one before ends.</param>
internal sealed record PackedPart(string Name, ScalarType Type, long[] Shape)
{
    public const string ScaleSuffix = "_scale", RestSuffix = "_rest";

    /// <summary>Whether it is filled together with its matrix.</summary>
    public bool IsOfMatrix => Name.EndsWith(ScaleSuffix, StringComparison.Ordinal) || Name.EndsWith(RestSuffix, StringComparison.Ordinal);

    public long Bytes => Shape.Aggregate((long)SafetensorsDType.Size(Type), (size, n) => checked(size * n));

    /// <summary>Padded floats: a bias, a norm, the scales of rows.</summary>
    public static PackedPart Vector(string name, int length) =>
        new(name, ScalarType.Float32, [WeightMatrix.TilesOf(length) * WeightMatrix.TileRows]);

    /// <summary>What stands beside a matrix of <see cref="WeightFormat.CompactBFloat16"/>.</summary>
    public static PackedPart Rest(string name, int rows, int columns) =>
        new(name, ScalarType.Byte, [WeightMatrix.TilesOf(rows), CompactRows.RestBytes(WeightMatrix.Pad(WeightFormat.CompactBFloat16, columns))]);

    public static PackedPart Matrix(string name, WeightFormat format, int rows, int columns)
    {
        int padded = WeightMatrix.Pad(format, columns), tiles = WeightMatrix.TilesOf(rows);
        return format switch
        {
            WeightFormat.Float32 => new(name, ScalarType.Float32, [rows, padded]),
            WeightFormat.BFloat16 => new(name, ScalarType.BFloat16, [rows, padded]),
            WeightFormat.Int8 => new(name, ScalarType.Byte, [tiles, padded / 4, WeightMatrix.TileRows, 4]),
            WeightFormat.CompactBFloat16 => new(name, ScalarType.Byte, [rows, padded / CompactRows.BlockColumns, CompactRows.BlockBytes]),
            _ => new(name, ScalarType.Byte, [tiles, padded / WeightMatrix.Int4Columns, WeightMatrix.Int4Bytes]),
        };
    }
}
