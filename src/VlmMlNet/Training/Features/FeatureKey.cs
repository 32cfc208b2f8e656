using System.Buffers.Binary;

namespace VlmMlNet.Training.Features;

/// <summary>The SHA-256 of a picture's bytes.</summary>
internal readonly record struct FeatureKey(UInt128 High, UInt128 Low)
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    public static FeatureKey Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }
}
