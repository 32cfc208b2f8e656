using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Half bytes with a scale per 32 columns of a row times bytes with a scale per 32 columns of a token. The products of a
/// group add up as integers; then y += sum * (scale of the row's group * scale of the token's group), fused, group by group; then y * scale of the row.</summary>
internal static unsafe class Int4Kernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count, Group = WeightMatrix.Int4Group, GroupBytes = Group / 2 * WeightMatrix.TileRows;
    private const int Offset = Int4Group.Offset, Quads = Group / 4, Together = WeightMatrix.Int4Columns / Group;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* x, Activations target, int first, int size, int place)
    {
        const int Range = 127;
        int groups = target.Groups;
        float* scales = target.Scales + (long)first * groups + place;
        int* corrections = target.Corrections + (long)first * groups + place;
        int* output = (int*)(target.Data + (long)first * target.TokenBytes) + place;
        int* quads = stackalloc int[Quads];
        for (int g = 0; g < groups; g++, x += Group)
        {
            TLanes a = TLanes.Load(x), b = TLanes.Load(x + Lanes);
            float magnitude = TLanes.Largest(TLanes.Max(TLanes.Abs(a), TLanes.Abs(b)));
            var scale = TLanes.Broadcast(magnitude > 0 ? Range / magnitude : 0);
            a = TLanes.ToInt(TLanes.Multiply(a, scale));
            b = TLanes.ToInt(TLanes.Multiply(b, scale));
            scales[g * size] = magnitude / Range * CompactRows.InputScale;
            corrections[g * size] = -Offset * TLanes.SumInts(TLanes.AddInts(a, b));
            TLanes.StoreBytes(a, (sbyte*)quads);
            TLanes.StoreBytes(b, (sbyte*)quads + Lanes);
            for (int i = 0; i < Quads; i++, output += size)
                *output = quads[i];
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

    // Eight vectors of a group: the low halves of four, then the high halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Quad(byte* w, int i) =>
        i < Quads / 2 ? TLanes.LowNibbles(TLanes.Load(w + i * 64)) : TLanes.HighNibbles(TLanes.Load(w + (i - Quads / 2) * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Scales(byte* w, int g) => TLanes.And(
        TLanes.ShiftUp(TLanes.LoadBytes((sbyte*)w + (Together - g % Together) * GroupBytes + g % Together * WeightMatrix.TileRows), Int4Group.ScaleShift), TLanes.Broadcast(Int4Group.ScaleMask));

    // The scales of some groups lie behind the last of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Step(int g) => (g + 1) % Together == 0 ? GroupBytes + Together * WeightMatrix.TileRows : GroupBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes sum, TLanes w, int x) => TLanes.AddShorts(sum, TLanes.MultiplyAddBytes(w, TLanes.Broadcast(x)));

    // Pairs of shorts to one integer, the offset of the weights taken away, scaled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Scale(TLanes total, TLanes sum, TLanes groupScales, float tokenScale, int correction)
    {
        var whole = TLanes.AddInts(TLanes.MultiplyAddShorts(sum, TLanes.Broadcast(0x00010001)), TLanes.Broadcast(correction));
        return TLanes.Fused(TLanes.ToFloat(whole), TLanes.Multiply(groupScales, TLanes.Broadcast(tokenScale)), total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneToken(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y)
    {
        var total = TLanes.Zero;
        for (int g = 0; g < groups; g++, x += Quads)
        {
            TLanes v0 = TLanes.Load(w), v1 = TLanes.Load(w + 64), v2 = TLanes.Load(w + 128), v3 = TLanes.Load(w + 192);
            var a = TLanes.MultiplyAddBytes(TLanes.LowNibbles(v0), TLanes.Broadcast(x[0]));
            var b = TLanes.MultiplyAddBytes(TLanes.LowNibbles(v1), TLanes.Broadcast(x[1]));
            a = Add(a, TLanes.LowNibbles(v2), x[2]);
            b = Add(b, TLanes.LowNibbles(v3), x[3]);
            a = Add(a, TLanes.HighNibbles(v0), x[4]);
            b = Add(b, TLanes.HighNibbles(v1), x[5]);
            a = Add(a, TLanes.HighNibbles(v2), x[6]);
            b = Add(b, TLanes.HighNibbles(v3), x[7]);
            total = Scale(total, TLanes.AddShorts(a, b), Scales(w, g), scales[g], corrections[g]);
            w += Step(g);
        }
        TLanes.Store(TLanes.Multiply(total, rowScales), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoTokens(byte* w, int* x, int groups, float* scales, int* corrections, TLanes rowScales, float* y, int stride)
    {
        TLanes f0 = TLanes.Zero, f1 = f0;
        for (int g = 0; g < groups; g++, scales += 2, corrections += 2)
        {
            TLanes s0 = TLanes.Zero, s1 = s0;
            for (int i = 0; i < Quads; i++, x += 2)
            {
                var v = Quad(w, i);
                s0 = Add(s0, v, x[0]);
                s1 = Add(s1, v, x[1]);
            }
            var r = Scales(w, g);
            f0 = Scale(f0, s0, r, scales[0], corrections[0]);
            f1 = Scale(f1, s1, r, scales[1], corrections[1]);
            w += Step(g);
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
            TLanes s0 = TLanes.Zero, s1 = s0, s2 = s0, s3 = s0;
            for (int i = 0; i < Quads; i++, x += 4)
            {
                var v = Quad(w, i);
                s0 = Add(s0, v, x[0]);
                s1 = Add(s1, v, x[1]);
                s2 = Add(s2, v, x[2]);
                s3 = Add(s3, v, x[3]);
            }
            var r = Scales(w, g);
            f0 = Scale(f0, s0, r, scales[0], corrections[0]);
            f1 = Scale(f1, s1, r, scales[1], corrections[1]);
            f2 = Scale(f2, s2, r, scales[2], corrections[2]);
            f3 = Scale(f3, s3, r, scales[3], corrections[3]);
            w += Step(g);
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
            TLanes s0 = TLanes.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (int i = 0; i < Quads; i++, x += 8)
            {
                var v = Quad(w, i);
                s0 = Add(s0, v, x[0]);
                s1 = Add(s1, v, x[1]);
                s2 = Add(s2, v, x[2]);
                s3 = Add(s3, v, x[3]);
                s4 = Add(s4, v, x[4]);
                s5 = Add(s5, v, x[5]);
                s6 = Add(s6, v, x[6]);
                s7 = Add(s7, v, x[7]);
            }
            var r = Scales(w, g);
            f0 = Scale(f0, s0, r, scales[0], corrections[0]);
            f1 = Scale(f1, s1, r, scales[1], corrections[1]);
            f2 = Scale(f2, s2, r, scales[2], corrections[2]);
            f3 = Scale(f3, s3, r, scales[3], corrections[3]);
            f4 = Scale(f4, s4, r, scales[4], corrections[4]);
            f5 = Scale(f5, s5, r, scales[5], corrections[5]);
            f6 = Scale(f6, s6, r, scales[6], corrections[6]);
            f7 = Scale(f7, s7, r, scales[7], corrections[7]);
            w += Step(g);
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
