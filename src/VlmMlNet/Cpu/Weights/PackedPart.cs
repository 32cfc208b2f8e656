using VlmMlNet.Cpu.Weights.Layouts;
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

    /// <summary>What stands beside the tiles of a matrix; null for nothing.</summary>
    public static PackedPart? Rest(string name, WeightLayout layout, int rows, int columns) =>
        layout.RestBytes(layout.Pad(columns)) is > 0 and var bytes ? new(name, ScalarType.Byte, [WeightMatrix.TilesOf(rows), bytes]) : null;

    public static PackedPart Matrix(string name, WeightLayout layout, int rows, int columns)
    {
        var (type, shape) = layout.InFile(rows, layout.Pad(columns));
        return new(name, type, shape);
    }
}
