using System.Buffers.Binary;

namespace VlmMlNet.Data.Parquet;

/// <summary>Reads integers that are stored as differences.</summary>
internal sealed class DeltaIntegerReader(ReadOnlyMemory<byte> bytes, int size) : ValueReader
{
    private DeltaReader _values = new(bytes);

    public override ReadOnlyMemory<byte> Next()
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, _values.Next());
        return value.AsMemory(0, size);
    }
}
