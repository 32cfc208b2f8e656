using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VlmMlNet.Cpu.Kernels.Lanes;

/// <summary>Sixteen lanes in two registers of 256 bits.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<int> _low, _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<int> low, Vector256<int> high) => (_low, _high) = (low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes256(Vector256<float> low, Vector256<float> high) => (_low, _high) = (low.AsInt32(), high.AsInt32());

    private Vector256<float> Low
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _low.AsSingle();
    }

    private Vector256<float> High
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _high.AsSingle();
    }

    public static bool IsSupported => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported;

    public static int TokensPerBlock => 4;

    public static Lanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Zero, Vector256<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(void* source) => new(Vector256.Load((int*)source), Vector256.Load((int*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, void* target)
    {
        value._low.Store((int*)target);
        value._high.Store((int*)target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(int value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBFloat16(ushort* source) =>
        new(Avx2.ConvertToVector256Int32(Vector128.Load(source)) << 16, Avx2.ConvertToVector256Int32(Vector128.Load(source + 8)) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBytes(sbyte* source) => new(Avx2.ConvertToVector256Int32(source), Avx2.ConvertToVector256Int32(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 EvenBytes(Lanes256 value) => new(value._low & Vector256.Create(0x00FF00FF), value._high & Vector256.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 OddBytes(Lanes256 value) => new((value._low.AsUInt16() >> 8).AsInt32(), (value._high.AsUInt16() >> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAddShorts(Lanes256 a, Lanes256 b) =>
        new(Avx2.MultiplyAddAdjacent(a._low.AsInt16(), b._low.AsInt16()), Avx2.MultiplyAddAdjacent(a._high.AsInt16(), b._high.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAddBytes(Lanes256 unsigned, Lanes256 signed) =>
        new(Avx2.MultiplyAddAdjacent(unsigned._low.AsByte(), signed._low.AsSByte()).AsInt32(), Avx2.MultiplyAddAdjacent(unsigned._high.AsByte(), signed._high.AsSByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddShorts(Lanes256 a, Lanes256 b) =>
        new((a._low.AsInt16() + b._low.AsInt16()).AsInt32(), (a._high.AsInt16() + b._high.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddInts(Lanes256 a, Lanes256 b) => new(a._low + b._low, a._high + b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 And(Lanes256 a, Lanes256 b) => new(a._low & b._low, a._high & b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 a, Lanes256 b) =>
        new(Vector256.ConditionalSelect(mask._low, a._low, b._low), Vector256.ConditionalSelect(mask._high, a._high, b._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftUp(Lanes256 value, int bits) => new(value._low << bits, value._high << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftDown(Lanes256 value, int bits) => new(value._low >>> bits, value._high >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LowNibbles(Lanes256 value)
    {
        var mask = Vector256.Create((byte)15).AsInt32();
        return new(value._low & mask, value._high & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 HighNibbles(Lanes256 value) => LowNibbles(new((value._low.AsUInt16() >> 4).AsInt32(), (value._high.AsUInt16() >> 4).AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToFloat(Lanes256 value) => new(Avx.ConvertToVector256Single(value._low), Avx.ConvertToVector256Single(value._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToInt(Lanes256 value) => new(Avx.ConvertToVector256Int32(value.Low), Avx.ConvertToVector256Int32(value.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 PowerOfTwo(Lanes256 exponent) => new((exponent._low + Vector256.Create(127)) << 23, (exponent._high + Vector256.Create(127)) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a.Low + b.Low, a.High + b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) => new(a.Low - b.Low, a.High - b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a.Low * b.Low, a.High * b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a.Low / b.Low, a.High / b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Avx.Max(a.Low, b.Low), Avx.Max(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Avx.Min(a.Low, b.Low), Avx.Min(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 value) => new(value._low & Vector256.Create(int.MaxValue), value._high & Vector256.Create(int.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fused(Lanes256 a, Lanes256 b, Lanes256 c) => new(Fma.MultiplyAdd(a.Low, b.Low, c.Low), Fma.MultiplyAdd(a.High, b.High, c.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value) => Sum(value.Low + value.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 value) => Largest(Avx.Max(value.Low, value.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumInts(Lanes256 value) => Vector256.Sum(value._low + value._high);

    /// <summary>The last three steps of <see cref="ILanes{TSelf}.Sum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> v)
    {
        var four = v.GetLower() + v.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return (two + Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> v)
    {
        var four = Sse.Max(v.GetLower(), v.GetUpper());
        var two = Sse.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3)));
        return Sse.Max(two, Vector128.Shuffle(two, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Lanes256 value, short* target) => Vector256.Narrow(value._low, value._high).Store(target);

    public static void StoreBytes(Lanes256 value, sbyte* target)
    {
        for (int i = 0; i < ILanes<Lanes256>.Count; i++)
            target[i] = (sbyte)(i < 8 ? value._low : value._high).GetElement(i % 8);
    }
}
