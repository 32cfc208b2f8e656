namespace VlmMlNet.Generation.Packed;

/// <summary>32 weights of a row in 4 bits with one scale: where they lie in a tile, and how they are rounded.</summary>
internal static unsafe class Int4Group
{
    /// <summary>Added to the stored numbers, which are from 0 to 15.</summary>
    public const int Offset = 8;

    private const int Candidates = 12;
    private const int NibbleBytes = WeightMatrix.Int4Group / 2 * WeightMatrix.TileRows, ScaleBytes = sizeof(ushort) * WeightMatrix.TileRows;

    public static byte* Nibbles(byte* tile, int group) => tile + (long)(group / 2) * WeightMatrix.Int4Bytes + group % 2 * NibbleBytes;

    public static byte* Scales(byte* tile, int group) => tile + (long)(group / 2) * WeightMatrix.Int4Bytes + 2 * NibbleBytes + group % 2 * ScaleBytes;

    public static float Float(ushort bfloat16) => BitConverter.Int32BitsToSingle(bfloat16 << 16);

    public static int Round(float value) => (int)Math.Clamp(MathF.Round(value), -Offset, Offset - 1);

    /// <summary>The bfloat16 scale, of a dozen, that rounds a group with the least squared error. It may be negative: the numbers
    /// reach from -8 to 7, so that the larger side takes the eight.</summary>
    public static ushort BestScale(float* group)
    {
        float extreme = 0;
        for (int i = 0; i < WeightMatrix.Int4Group; i++)
            if (Math.Abs(group[i]) > Math.Abs(extreme))
                extreme = group[i];
        if (extreme == 0)
            return 0;
        ushort best = 0;
        double least = double.MaxValue;
        for (int c = 0; c < Candidates; c++)
        {
            // The extreme becomes -8.3 (it is cut off a little) to -6.
            ushort scale = ToBFloat16(extreme / (-8.3f + 0.2f * c));
            float value = Float(scale), inverse = 1 / value;
            double error = 0;
            for (int i = 0; i < WeightMatrix.Int4Group; i++)
            {
                float difference = group[i] - Round(group[i] * inverse) * value;
                error += difference * difference;
            }
            if (error < least)
                (least, best) = (error, scale);
        }
        return best;
    }

    /// <summary>To the nearest, ties to even; finite.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
