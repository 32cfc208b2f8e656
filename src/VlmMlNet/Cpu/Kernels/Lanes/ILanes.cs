namespace VlmMlNet.Cpu.Kernels.Lanes;

/// <summary>Sixteen lanes of 32 bits: the only arithmetic that the kernels use.</summary>
/// <remarks>
/// A kernel is written once, over sixteen lanes, and compiled once for each implementation: one register of 512 bits, two of
/// 256, or an array. Every operation is exact or rounded once as IEEE 754 says, sums have a fixed order, and nothing is
/// fused that is not called fused; so all implementations give the same bits.
/// </remarks>
internal unsafe interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of lanes.</summary>
    const int Count = 16;

    /// <summary>Whether this processor runs the implementation well.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Tokens that one pass over the weights serves at most: what fits the registers.</summary>
    static abstract int TokensPerBlock { get; }

    static abstract TSelf Zero { get; }
    static abstract TSelf Load(void* source);
    static abstract void Store(TSelf value, void* target);
    static abstract TSelf Broadcast(int value);
    static abstract TSelf Broadcast(float value);

    /// <summary>16 bfloat16 as floats.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>16 signed bytes as integers.</summary>
    static abstract TSelf LoadBytes(sbyte* source);

    /// <summary>Of every four unsigned bytes the first and the third, as 16-bit integers.</summary>
    static abstract TSelf EvenBytes(TSelf value);

    /// <summary>Of every four unsigned bytes the second and the fourth, as 16-bit integers.</summary>
    static abstract TSelf OddBytes(TSelf value);

    /// <summary>Per lane the sum of two products of 16-bit integers, as a 32-bit integer.</summary>
    static abstract TSelf MultiplyAddShorts(TSelf a, TSelf b);

    /// <summary>Per 16 bits the sum of two products of an unsigned and a signed byte; the caller keeps it within 16 bits.</summary>
    static abstract TSelf MultiplyAddBytes(TSelf unsigned, TSelf signed);

    static abstract TSelf AddShorts(TSelf a, TSelf b);
    static abstract TSelf AddInts(TSelf a, TSelf b);

    /// <summary>Bits.</summary>
    static abstract TSelf And(TSelf a, TSelf b);

    /// <summary>The bits of a where a mask has ones, of b where it has zeros.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>Each lane's bits moved up, zeros behind them.</summary>
    static abstract TSelf ShiftUp(TSelf value, int bits);

    /// <summary>Each lane's bits moved down, zeros before them.</summary>
    static abstract TSelf ShiftDown(TSelf value, int bits);

    /// <summary>The low four bits of each byte.</summary>
    static abstract TSelf LowNibbles(TSelf value);

    /// <summary>The high four bits of each byte, moved down.</summary>
    static abstract TSelf HighNibbles(TSelf value);

    /// <summary>32-bit integers to the nearest float.</summary>
    static abstract TSelf ToFloat(TSelf value);

    /// <summary>Floats to the nearest 32-bit integer, ties to even. They lie within its range.</summary>
    static abstract TSelf ToInt(TSelf value);

    /// <summary>2 to the power of an integer from -126 to 127, as a float.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    static abstract TSelf Add(TSelf a, TSelf b);
    static abstract TSelf Subtract(TSelf a, TSelf b);
    static abstract TSelf Multiply(TSelf a, TSelf b);
    static abstract TSelf Divide(TSelf a, TSelf b);
    static abstract TSelf Max(TSelf a, TSelf b);
    static abstract TSelf Min(TSelf a, TSelf b);
    static abstract TSelf Abs(TSelf value);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TSelf Fused(TSelf a, TSelf b, TSelf c);

    /// <summary>The sum of the floats, halving: lane i + lane i + 8, then + 4, + 2, + 1.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest float.</summary>
    static abstract float Largest(TSelf value);

    /// <summary>The sum of the 32-bit integers.</summary>
    static abstract int SumInts(TSelf value);

    /// <summary>Keeps the low 16 bits of each integer: 16 numbers of 16 bits.</summary>
    static abstract void StoreShorts(TSelf value, short* target);

    /// <summary>Keeps the low 8 bits of each integer: 16 numbers of 8 bits.</summary>
    static abstract void StoreBytes(TSelf value, sbyte* target);
}
