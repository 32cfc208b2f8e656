using System.Runtime.CompilerServices;

namespace VlmMlNet.Cpu.Kernels.Lanes;

/// <summary>Sixteen lanes as an array: for processors without vectors, and to check the others against.</summary>
[InlineArray(ILanes<LanesScalar>.Count)]
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    private int _first;

    public static bool IsSupported => true;

    public static int TokensPerBlock => 2;

    public static LanesScalar Zero => default;

    public static LanesScalar Load(void* source) => *(LanesScalar*)source;

    public static void Store(LanesScalar value, void* target) => *(LanesScalar*)target = value;

    public static LanesScalar Broadcast(int value)
    {
        LanesScalar result = default;
        ((Span<int>)result).Fill(value);
        return result;
    }

    public static LanesScalar Broadcast(float value) => Broadcast(BitConverter.SingleToInt32Bits(value));

    public static LanesScalar LoadBFloat16(ushort* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = source[i] << 16;
        return result;
    }

    public static LanesScalar LoadBytes(sbyte* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = source[i];
        return result;
    }

    public static LanesScalar EvenBytes(LanesScalar value) => Ints(value, value, static (x, _) => x & 0x00FF00FF);

    public static LanesScalar OddBytes(LanesScalar value) => Ints(value, value, static (x, _) => x >> 8 & 0x00FF00FF);

    public static LanesScalar MultiplyAddShorts(LanesScalar a, LanesScalar b) => Ints(a, b, static (x, y) => (short)x * (short)y + (x >> 16) * (y >> 16));

    public static LanesScalar MultiplyAddBytes(LanesScalar unsigned, LanesScalar signed) => Ints(unsigned, signed, static (x, y) => Pair(
        (byte)x * (sbyte)y + (byte)(x >> 8) * (sbyte)(y >> 8), (byte)(x >> 16) * (sbyte)(y >> 16) + (byte)(x >> 24) * (sbyte)(y >> 24)));

    public static LanesScalar AddShorts(LanesScalar a, LanesScalar b) => Ints(a, b, static (x, y) => Pair(x + y, (x >> 16) + (y >> 16)));

    public static LanesScalar AddInts(LanesScalar a, LanesScalar b) => Ints(a, b, static (x, y) => x + y);

    public static LanesScalar And(LanesScalar a, LanesScalar b) => Ints(a, b, static (x, y) => x & y);

    public static LanesScalar Select(LanesScalar mask, LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = (mask[i] & a[i]) | (~mask[i] & b[i]);
        return result;
    }

    public static LanesScalar ShiftUp(LanesScalar value, int bits) => Ints(value, Broadcast(bits), static (x, n) => x << n);

    public static LanesScalar ShiftDown(LanesScalar value, int bits) => Ints(value, Broadcast(bits), static (x, n) => x >>> n);

    public static LanesScalar LowNibbles(LanesScalar value) => Ints(value, value, static (x, _) => x & 0x0F0F0F0F);

    public static LanesScalar HighNibbles(LanesScalar value) => Ints(value, value, static (x, _) => (x >> 4) & 0x0F0F0F0F);

    public static LanesScalar ToFloat(LanesScalar value) => Ints(value, value, static (x, _) => BitConverter.SingleToInt32Bits(x));

    public static LanesScalar ToInt(LanesScalar value) => Ints(value, value, static (x, _) => (int)MathF.Round(BitConverter.Int32BitsToSingle(x), MidpointRounding.ToEven));

    public static LanesScalar PowerOfTwo(LanesScalar exponent) => Ints(exponent, exponent, static (x, _) => (x + 127) << 23);

    public static LanesScalar Add(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x + y);

    public static LanesScalar Subtract(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x - y);

    public static LanesScalar Multiply(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x * y);

    public static LanesScalar Divide(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x / y);

    // As the processors have it: the second where the two do not compare.
    public static LanesScalar Max(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x > y ? x : y);

    public static LanesScalar Min(LanesScalar a, LanesScalar b) => Floats(a, b, static (x, y) => x < y ? x : y);

    public static LanesScalar Abs(LanesScalar value) => Ints(value, value, static (x, _) => x & int.MaxValue);

    public static LanesScalar Fused(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = BitConverter.SingleToInt32Bits(MathF.FusedMultiplyAdd(Float(a[i]), Float(b[i]), Float(c[i])));
        return result;
    }

    public static float Sum(LanesScalar value)
    {
        for (int half = ILanes<LanesScalar>.Count / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++)
                value[i] = BitConverter.SingleToInt32Bits(Float(value[i]) + Float(value[i + half]));
        return Float(value[0]);
    }

    public static float Largest(LanesScalar value)
    {
        float largest = Float(value[0]);
        for (int i = 1; i < ILanes<LanesScalar>.Count; i++)
            largest = Math.Max(largest, Float(value[i]));
        return largest;
    }

    public static int SumInts(LanesScalar value)
    {
        int sum = 0;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            sum += value[i];
        return sum;
    }

    public static void StoreShorts(LanesScalar value, short* target)
    {
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            target[i] = (short)value[i];
    }

    public static void StoreBytes(LanesScalar value, sbyte* target)
    {
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            target[i] = (sbyte)value[i];
    }

    private static int Pair(int low, int high) => (low & 0xFFFF) | (high << 16);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);

    private static LanesScalar Ints(LanesScalar a, LanesScalar b, Func<int, int, int> of)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = of(a[i], b[i]);
        return result;
    }

    private static LanesScalar Floats(LanesScalar a, LanesScalar b, Func<float, float, float> of)
    {
        LanesScalar result = default;
        for (int i = 0; i < ILanes<LanesScalar>.Count; i++)
            result[i] = BitConverter.SingleToInt32Bits(of(Float(a[i]), Float(b[i])));
        return result;
    }
}
