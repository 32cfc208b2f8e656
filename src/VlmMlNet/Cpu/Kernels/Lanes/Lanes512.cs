using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VlmMlNet.Cpu.Kernels.Lanes;

/// <summary>Sixteen lanes in one register of 512 bits.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<int> _v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<int> v) => _v = v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<float> v) => _v = v.AsInt32();

    private Vector512<float> Floats
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _v.AsSingle();
    }

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    public static int TokensPerBlock => 8;

    public static Lanes512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(void* source) => new(Vector512.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, void* target) => value._v.Store((int*)target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBFloat16(ushort* source) => new((Avx512F.ConvertToVector512UInt32(Vector256.Load(source)) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBytes(sbyte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 EvenBytes(Lanes512 value) => new(value._v & Vector512.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 OddBytes(Lanes512 value) => new((value._v.AsUInt16() >> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAddShorts(Lanes512 a, Lanes512 b) => new(Avx512BW.MultiplyAddAdjacent(a._v.AsInt16(), b._v.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAddBytes(Lanes512 unsigned, Lanes512 signed) => new(Avx512BW.MultiplyAddAdjacent(unsigned._v.AsByte(), signed._v.AsSByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddShorts(Lanes512 a, Lanes512 b) => new((a._v.AsInt16() + b._v.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddInts(Lanes512 a, Lanes512 b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 And(Lanes512 a, Lanes512 b) => new(a._v & b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 a, Lanes512 b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftUp(Lanes512 value, int bits) => new(value._v << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftDown(Lanes512 value, int bits) => new(value._v >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LowNibbles(Lanes512 value) => new(value._v & Vector512.Create((byte)15).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 HighNibbles(Lanes512 value) => new((value._v.AsUInt16() >> 4).AsInt32() & Vector512.Create((byte)15).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ToFloat(Lanes512 value) => new(Avx512F.ConvertToVector512Single(value._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ToInt(Lanes512 value) => new(Avx512F.ConvertToVector512Int32(value.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 PowerOfTwo(Lanes512 exponent) => new((exponent._v + Vector512.Create(127)) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a.Floats + b.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new(a.Floats - b.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a.Floats * b.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new(a.Floats / b.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Avx512F.Max(a.Floats, b.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Avx512F.Min(a.Floats, b.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 value) => new(value._v & Vector512.Create(int.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fused(Lanes512 a, Lanes512 b, Lanes512 c) => new(Avx512F.FusedMultiplyAdd(a.Floats, b.Floats, c.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) => Lanes256.Sum(value.Floats.GetLower() + value.Floats.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes512 value) => Lanes256.Largest(Avx.Max(value.Floats.GetLower(), value.Floats.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumInts(Lanes512 value) => Vector512.Sum(value._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Lanes512 value, short* target) => Avx512F.ConvertToVector256Int16(value._v).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Lanes512 value, sbyte* target) => Avx512F.ConvertToVector128SByte(value._v).Store(target);
}
