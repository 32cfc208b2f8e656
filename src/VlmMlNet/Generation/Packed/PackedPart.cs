using VlmMlNet.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Generation.Packed;

/// <summary>A block of a packed model's memory, and a tensor of its file.</summary>
/// <param name="Name">The name that the module's parameter has, and for scales that with <c>_scale</c> behind it.</param>
/// <param name="Type">Type in the file.</param>
/// <param name="Shape">Shape in the file. The bytes are a multiple of 64, so that one block begins aligned where the one before ends.</param>
internal sealed record PackedPart(string Name, ScalarType Type, long[] Shape)
{
    public const string ScaleSuffix = "_scale";

    public long Bytes => Shape.Aggregate((long)SafetensorsDType.Size(Type), (size, n) => checked(size * n));

    /// <summary>Padded floats: a bias, a norm, the scales of rows.</summary>
    public static PackedPart Vector(string name, int length) =>
        new(name, ScalarType.Float32, [WeightMatrix.TilesOf(length) * WeightMatrix.TileRows]);

    public static PackedPart Matrix(string name, WeightFormat format, int rows, int columns)
    {
        int padded = WeightMatrix.Pad(format, columns), tiles = WeightMatrix.TilesOf(rows);
        return format switch
        {
            WeightFormat.Float32 => new(name, ScalarType.Float32, [rows, padded]),
            WeightFormat.BFloat16 => new(name, ScalarType.BFloat16, [rows, padded]),
            WeightFormat.Int8 => new(name, ScalarType.Byte, [tiles, padded / 4, WeightMatrix.TileRows, 4]),
            _ => new(name, ScalarType.Byte, [tiles, padded / WeightMatrix.Int4Columns, WeightMatrix.Int4Bytes]),
        };
    }
}
