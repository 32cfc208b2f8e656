using System.Runtime.InteropServices;
using VlmMlNet.Tensors;

namespace VlmMlNet.Cpu.Weights;

/// <summary>A weight in the rest of a tile, see <see cref="CompactRows"/>.</summary>
/// <param name="column">Its column.</param>
/// <param name="value">The upper half of a float.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RestEntry(ushort column, ushort value)
{
    public const int Bytes = 2 * sizeof(ushort);

    public readonly ushort Column = column;

    private readonly ushort _value = value;

    public float Value => BFloat16.Widen(_value);
}
