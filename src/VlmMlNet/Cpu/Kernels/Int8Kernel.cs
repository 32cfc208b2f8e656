using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Bytes with a scale per row times bytes with a scale per 64 columns of a token. The products of a group add up as
/// integers; then y += sum * scale of the token's group, fused, group by group; then y * scale of the row.</summary>
internal static unsafe class Int8Kernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, Group = WeightMatrix.Int8Group, Quads = Group / 4, QuadBytes = 4 * WeightMatrix.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* x, Activations target, int first, int size, int place)
    {
        const int Range = sbyte.MaxValue;
        int groups = target.Groups;
        float* scales = target.Scales + (long)first * groups + place;
        int* corrections = target.Corrections + (long)first * groups + place;
        byte* block = target.Data + (long)first * target.TokenBytes;
        int* bytes = (int*)block + place;
        long* shorts = (long*)block + place;
        int* quads = stackalloc int[Quads];
        for (int g = 0; g < groups; g++, x += Group)
        {
            TLanes a = TLanes.Load(x), b = TLanes.Load(x + Lanes), c = TLanes.Load(x + 2 * Lanes), d = TLanes.Load(x + 3 * Lanes);
            float magnitude = TLanes.Largest(TLanes.Max(TLanes.Max(TLanes.Abs(a), TLanes.Abs(b)), TLanes.Max(TLanes.Abs(c), TLanes.Abs(d))));
            var scale = TLanes.Broadcast(magnitude > 0 ? Range / magnitude : 0);
            a = TLanes.ToInt(TLanes.Multiply(a, scale));
            b = TLanes.ToInt(TLanes.Multiply(b, scale));
            c = TLanes.ToInt(TLanes.Multiply(c, scale));
            d = TLanes.ToInt(TLanes.Multiply(d, scale));
            scales[g * size] = magnitude / Range;
            corrections[g * size] = -WeightMatrix.Int8Offset * TLanes.SumInts(TLanes.AddInts(TLanes.AddInts(a, b), TLanes.AddInts(c, d)));
            TLanes.StoreBytes(a, (sbyte*)quads);
            TLanes.StoreBytes(b, (sbyte*)quads + Lanes);
            TLanes.StoreBytes(c, (sbyte*)quads + 2 * Lanes);
            TLanes.StoreBytes(d, (sbyte*)quads + 3 * Lanes);
            if (target.HasBytes)
                for (int i = 0; i < Quads; i++, bytes += size)
                    *bytes = quads[i];
            else
                for (int i = 0; i < Quads; i++, shorts += size)
                    *shorts = Shorts((sbyte*)(quads + i));
        }
    }

    public static void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        IntegerBlocks.Multiply(weights, x, firstTile, endTile, y, stride, &Block);

    private static void Block(int tokens, byte* w, int* x, int groups, float* scales, int* corrections, float* rowScales, float* y, int stride)
    {
        switch (tokens)
        {
            case 1:
                OneToken(w, x, groups, scales, corrections, TLanes.Load(rowScales), y);
                break;
            case 2:
                TwoTokens(w, x, groups, scales, corrections, TLanes.Load(rowScales), y, stride);
                break;
            case 4:
                FourTokens(w, x, groups, scales, corrections, TLanes.Load(rowScales), y, stride);
                break;
            default:
                EightTokens(w, x, groups, scales, corrections, TLanes.Load(rowScales), y, stride);
                break;
        }
    }

    // The first and the third byte as shorts, then the second and the fourth.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Shorts(sbyte* x) => (ushort)(short)x[0] | (uint)(ushort)(short)x[2] << 16 | (long)(ushort)(short)x[1] << 32 | (long)x[3] << 48;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes sum, TLanes even, TLanes odd, int* x) =>
        TLanes.AddInts(TLanes.AddInts(sum, TLanes.MultiplyAddShorts(even, TLanes.Broadcast(x[0]))), TLanes.MultiplyAddShorts(odd, TLanes.Broadcast(x[1])));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y)
    {
        var total = TLanes.Zero;
        for (int g = 0; g < groups; g++)
        {
            TLanes a = TLanes.Broadcast(corrections[g]), b = TLanes.Zero;
            for (int i = 0; i < Quads; i += 2, w += 2 * QuadBytes, x += 4)
            {
                TLanes v = TLanes.Load(w), u = TLanes.Load(w + QuadBytes);
                a = Add(a, TLanes.EvenBytes(v), TLanes.OddBytes(v), x);
                b = Add(b, TLanes.EvenBytes(u), TLanes.OddBytes(u), x + 2);
            }
            total = TLanes.Fused(TLanes.ToFloat(TLanes.AddInts(a, b)), TLanes.Broadcast(scales[g]), total);
        }
        TLanes.Store(TLanes.Multiply(total, rowScales), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoTokens(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y, int stride)
    {
        TLanes f0 = TLanes.Zero, f1 = f0;
        for (int g = 0; g < groups; g++, scales += 2, corrections += 2)
        {
            TLanes s0 = TLanes.Broadcast(corrections[0]), s1 = TLanes.Broadcast(corrections[1]);
            for (int i = 0; i < Quads; i++, w += QuadBytes, x += 4)
            {
                var v = TLanes.Load(w);
                TLanes even = TLanes.EvenBytes(v), odd = TLanes.OddBytes(v);
                s0 = Add(s0, even, odd, x);
                s1 = Add(s1, even, odd, x + 2);
            }
            f0 = TLanes.Fused(TLanes.ToFloat(s0), TLanes.Broadcast(scales[0]), f0);
            f1 = TLanes.Fused(TLanes.ToFloat(s1), TLanes.Broadcast(scales[1]), f1);
        }
        TLanes.Store(TLanes.Multiply(f0, rowScales), y);
        TLanes.Store(TLanes.Multiply(f1, rowScales), y + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourTokens(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y, int stride)
    {
        TLanes f0 = TLanes.Zero, f1 = f0, f2 = f0, f3 = f0;
        for (int g = 0; g < groups; g++, scales += 4, corrections += 4)
        {
            TLanes s0 = TLanes.Broadcast(corrections[0]), s1 = TLanes.Broadcast(corrections[1]), s2 = TLanes.Broadcast(corrections[2]), s3 = TLanes.Broadcast(corrections[3]);
            for (int i = 0; i < Quads; i++, w += QuadBytes, x += 8)
            {
                var v = TLanes.Load(w);
                TLanes even = TLanes.EvenBytes(v), odd = TLanes.OddBytes(v);
                s0 = Add(s0, even, odd, x);
                s1 = Add(s1, even, odd, x + 2);
                s2 = Add(s2, even, odd, x + 4);
                s3 = Add(s3, even, odd, x + 6);
            }
            f0 = TLanes.Fused(TLanes.ToFloat(s0), TLanes.Broadcast(scales[0]), f0);
            f1 = TLanes.Fused(TLanes.ToFloat(s1), TLanes.Broadcast(scales[1]), f1);
            f2 = TLanes.Fused(TLanes.ToFloat(s2), TLanes.Broadcast(scales[2]), f2);
            f3 = TLanes.Fused(TLanes.ToFloat(s3), TLanes.Broadcast(scales[3]), f3);
        }
        TLanes.Store(TLanes.Multiply(f0, rowScales), y);
        TLanes.Store(TLanes.Multiply(f1, rowScales), y + stride);
        TLanes.Store(TLanes.Multiply(f2, rowScales), y + 2L * stride);
        TLanes.Store(TLanes.Multiply(f3, rowScales), y + 3L * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightTokens(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y, int stride)
    {
        TLanes f0 = TLanes.Zero, f1 = f0, f2 = f0, f3 = f0, f4 = f0, f5 = f0, f6 = f0, f7 = f0;
        for (int g = 0; g < groups; g++, scales += 8, corrections += 8)
        {
            TLanes s0 = TLanes.Broadcast(corrections[0]), s1 = TLanes.Broadcast(corrections[1]), s2 = TLanes.Broadcast(corrections[2]), s3 = TLanes.Broadcast(corrections[3]), s4 = TLanes.Broadcast(corrections[4]), s5 = TLanes.Broadcast(corrections[5]), s6 = TLanes.Broadcast(corrections[6]), s7 = TLanes.Broadcast(corrections[7]);
            for (int i = 0; i < Quads; i++, w += QuadBytes, x += 16)
            {
                var v = TLanes.Load(w);
                TLanes even = TLanes.EvenBytes(v), odd = TLanes.OddBytes(v);
                s0 = Add(s0, even, odd, x);
                s1 = Add(s1, even, odd, x + 2);
                s2 = Add(s2, even, odd, x + 4);
                s3 = Add(s3, even, odd, x + 6);
                s4 = Add(s4, even, odd, x + 8);
                s5 = Add(s5, even, odd, x + 10);
                s6 = Add(s6, even, odd, x + 12);
                s7 = Add(s7, even, odd, x + 14);
            }
            f0 = TLanes.Fused(TLanes.ToFloat(s0), TLanes.Broadcast(scales[0]), f0);
            f1 = TLanes.Fused(TLanes.ToFloat(s1), TLanes.Broadcast(scales[1]), f1);
            f2 = TLanes.Fused(TLanes.ToFloat(s2), TLanes.Broadcast(scales[2]), f2);
            f3 = TLanes.Fused(TLanes.ToFloat(s3), TLanes.Broadcast(scales[3]), f3);
            f4 = TLanes.Fused(TLanes.ToFloat(s4), TLanes.Broadcast(scales[4]), f4);
            f5 = TLanes.Fused(TLanes.ToFloat(s5), TLanes.Broadcast(scales[5]), f5);
            f6 = TLanes.Fused(TLanes.ToFloat(s6), TLanes.Broadcast(scales[6]), f6);
            f7 = TLanes.Fused(TLanes.ToFloat(s7), TLanes.Broadcast(scales[7]), f7);
        }
        TLanes.Store(TLanes.Multiply(f0, rowScales), y);
        TLanes.Store(TLanes.Multiply(f1, rowScales), y + stride);
        TLanes.Store(TLanes.Multiply(f2, rowScales), y + 2L * stride);
        TLanes.Store(TLanes.Multiply(f3, rowScales), y + 3L * stride);
        TLanes.Store(TLanes.Multiply(f4, rowScales), y + 4L * stride);
        TLanes.Store(TLanes.Multiply(f5, rowScales), y + 5L * stride);
        TLanes.Store(TLanes.Multiply(f6, rowScales), y + 6L * stride);
        TLanes.Store(TLanes.Multiply(f7, rowScales), y + 7L * stride);
    }
}
