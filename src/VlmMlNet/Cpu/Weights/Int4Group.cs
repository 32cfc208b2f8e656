namespace VlmMlNet.Cpu.Weights;

/// <summary>32 weights of a row in 4 bits with one scale: where they lie in a tile, and the scale.</summary>
/// <remarks>
/// A scale is 8 bits: sign, 4 bits of exponent, 3 of mantissa; times a power of two, the scale of the row. It is read as the upper
/// bits of a float, some 2^-120 of what it means; so the scales of activations are multiplied by 2^90 and those of
/// rows have 2^-90 in them, as in <see cref="CompactRows"/>. Zero is a group of zeros.
/// </remarks>
internal static unsafe class Int4Group
{
    /// <summary>Added to the stored numbers, which are from 0 to 15.</summary>
    public const int Offset = 8;

    /// <summary>How far a scale is moved up in a float, and which bits it takes there.</summary>
    public const int ScaleShift = 20, ScaleMask = unchecked((int)0x87F00000);

    private const int Groups = WeightMatrix.Int4Columns / WeightMatrix.Int4Group, NibbleBytes = WeightMatrix.Int4Group / 2 * WeightMatrix.TileRows;
    private const int LargestExponent = 15, SmallestScale = 8, MantissaBits = 3;

    public static byte* Nibbles(byte* tile, int group) => tile + (long)(group / Groups) * WeightMatrix.Int4Bytes + group % Groups * NibbleBytes;

    public static sbyte* Scales(byte* tile, int group) =>
        (sbyte*)tile + (long)(group / Groups) * WeightMatrix.Int4Bytes + Groups * NibbleBytes + group % Groups * WeightMatrix.TileRows;

    /// <summary>What a scale means before it is multiplied with that of its row.</summary>
    public static float Scale(sbyte scale) => BitConverter.Int32BitsToSingle(scale << ScaleShift & ScaleMask) * CompactRows.InputScale;

    /// <summary>The scale of a row, with which its largest scale of a group is among the largest that there are.</summary>
    public static float RowScale(float largest) =>
        MathF.ScaleB(1, Math.Max(0, (Rounded(largest) >> MantissaBits) - LargestExponent) - CompactRows.InputPower);

    /// <summary>The nearest scale.</summary>
    /// <param name="value">Finite, and no larger than that which the row's scale was made of.</param>
    /// <param name="rowScale">Of its row.</param>
    public static sbyte ToScale(float value, float rowScale)
    {
        int below = (BitConverter.SingleToInt32Bits(rowScale) >> 23) - 127 + CompactRows.InputPower;
        int magnitude = Math.Max(SmallestScale, Rounded(Math.Abs(value)) - (below << MantissaBits));
        return (sbyte)(value < 0 ? magnitude | sbyte.MinValue : magnitude);
    }

    // The upper bits of a positive float.
    private static int Rounded(float value) => (BitConverter.SingleToInt32Bits(value) + (1 << ScaleShift - 1)) >> ScaleShift;
}
