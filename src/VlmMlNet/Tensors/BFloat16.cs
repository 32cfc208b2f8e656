namespace VlmMlNet.Tensors;

/// <summary>The upper half of a float.</summary>
internal static class BFloat16
{
    /// <summary>The nearest, of two the even one.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>The float that it is.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
