namespace VlmMlNet.Generation.Packed;

/// <summary>32 weights of a row in 4 bits with one scale: where they lie in a tile.</summary>
internal static unsafe class Int4Group
{
    /// <summary>Added to the stored numbers, which are from 0 to 15.</summary>
    public const int Offset = 8;

    private const int NibbleBytes = WeightMatrix.Int4Group / 2 * WeightMatrix.TileRows, ScaleBytes = sizeof(ushort) * WeightMatrix.TileRows;

    public static byte* Nibbles(byte* tile, int group) => tile + (long)(group / 2) * WeightMatrix.Int4Bytes + group % 2 * NibbleBytes;

    public static byte* Scales(byte* tile, int group) => tile + (long)(group / 2) * WeightMatrix.Int4Bytes + 2 * NibbleBytes + group % 2 * ScaleBytes;

    public static float Float(ushort bfloat16) => BitConverter.Int32BitsToSingle(bfloat16 << 16);

    /// <summary>To the nearest, ties to even; finite.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
