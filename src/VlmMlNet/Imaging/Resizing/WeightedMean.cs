using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VlmMlNet.Imaging.Resizing;

/// <summary>The inner loops of resizing: weighted means of bytes in fixed point, rounded and clamped to bytes. Every kernel
/// gives the same bytes.</summary>
internal static class WeightedMean
{
    // The kernels read a pixel as 4, or four pixels as 16 bytes: what they may read behind a row.
    private const int Slack = 16;

    /// <summary>One output row as means of input rows.</summary>
    /// <param name="rows">[weights, destination.Length].</param>
    /// <param name="weights">A weight for each row.</param>
    /// <param name="destination">The output row.</param>
    public static void OfRows(ReadOnlySpan<byte> rows, ReadOnlySpan<int> weights, Span<byte> destination)
    {
        int rowBytes = destination.Length, x = 0;
        ref byte top = ref MemoryMarshal.GetReference(rows[..(rowBytes * weights.Length)]);
        for (; x + Vector<byte>.Count <= rowBytes; x += Vector<byte>.Count)
        {
            Vector<int> a = new(ResampleWeights.Half), b = a, c = a, d = a;
            for (int k = 0; k < weights.Length; k++)
            {
                Vector.Widen(Vector.LoadUnsafe(ref top, (nuint)(k * rowBytes + x)), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
                Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
                a += Vector.AsVectorInt32(first) * weights[k];
                b += Vector.AsVectorInt32(second) * weights[k];
                c += Vector.AsVectorInt32(third) * weights[k];
                d += Vector.AsVectorInt32(fourth) * weights[k];
            }
            Vector.Narrow(Vector.Narrow(ToBytes(a), ToBytes(b)), Vector.Narrow(ToBytes(c), ToBytes(d))).CopyTo(destination[x..]);
        }
        for (; x < rowBytes; x++)
        {
            int sum = ResampleWeights.Half;
            for (int k = 0; k < weights.Length; k++)
                sum += rows[k * rowBytes + x] * weights[k];
            destination[x] = (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);
        }
    }

    /// <summary>Output pixels of one row as means of its input pixels.</summary>
    /// <param name="source">Begins with the row; whatever follows it may be read, but does not count.</param>
    /// <param name="rowBytes">The row's length.</param>
    /// <param name="weights">Those of the row's width.</param>
    /// <param name="first">The first output pixel.</param>
    /// <param name="destination">R G B of the output pixels from there on.</param>
    public static void OfPixels(ReadOnlySpan<byte> source, int rowBytes, ResampleWeights weights, int first, Span<byte> destination)
    {
        if (source.Length >= rowBytes + Slack)
        {
            OfPixels(source[..(rowBytes + Slack)], weights, first, destination);
            return;
        }
        byte[] padded = ArrayPool<byte>.Shared.Rent(rowBytes + Slack);
        source[..rowBytes].CopyTo(padded);
        OfPixels(padded.AsSpan(0, rowBytes + Slack), weights, first, destination);
        ArrayPool<byte>.Shared.Return(padded);
    }

    private static void OfPixels(ReadOnlySpan<byte> padded, ResampleWeights weights, int first, Span<byte> destination)
    {
        if (Avx2.IsSupported)
            OfPixelsAvx2(padded, weights, first, destination);
        else
            OfPixelsPortable(padded, weights, first, destination);
    }

    /// <summary>A pixel at a time in four 32-bit lanes: R, G, B and one that is not used.</summary>
    internal static void OfPixelsPortable(ReadOnlySpan<byte> padded, ResampleWeights weights, int first, Span<byte> destination)
    {
        ReadOnlySpan<int> firsts = weights.First.AsSpan(first, destination.Length / 3);
        for (int x = 0; x < firsts.Length; x++)
        {
            ReadOnlySpan<int> taps = weights.Of(first + x);
            // The slice proves that the reads of four bytes below stay inside.
            ref byte pixel = ref MemoryMarshal.GetReference(padded.Slice(firsts[x] * 3, taps.Length * 3 + 1));
            Vector128<int> even = Vector128<int>.Zero, odd = even;
            int k = 0;
            for (; k + 1 < taps.Length; k += 2)
            {
                even += Widen(ref Unsafe.Add(ref pixel, k * 3)) * taps[k];
                odd += Widen(ref Unsafe.Add(ref pixel, k * 3 + 3)) * taps[k + 1];
            }
            if (k < taps.Length)
                even += Widen(ref Unsafe.Add(ref pixel, k * 3)) * taps[k];
            Store(even + odd, destination, x * 3);
        }
    }

    /// <summary>Four pixels at a time in 16-bit pairs (R0 R1 G0 G1 B0 B1 - - | R2 R3 G2 G3 B2 B3 - -), which are multiplied
    /// by the high and the low halves of the weights.</summary>
    internal static void OfPixelsAvx2(ReadOnlySpan<byte> padded, ResampleWeights weights, int first, Span<byte> destination)
    {
        const byte zero = 255;
        Vector256<byte> pairs = Vector256.Create(
            0, zero, 3, zero, 1, zero, 4, zero, 2, zero, 5, zero, zero, zero, zero, zero,
            6, zero, 9, zero, 7, zero, 10, zero, 8, zero, 11, zero, zero, zero, zero, zero);
        Vector256<int> highHalves = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1), lowHalves = Vector256.Create(2, 2, 2, 2, 3, 3, 3, 3);
        ReadOnlySpan<int> firsts = weights.First.AsSpan(first, destination.Length / 3), counts = weights.Count.AsSpan(first, firsts.Length);
        ReadOnlySpan<int> split = weights.Split(out int stride)[(first * stride)..];
        // Every First + Count is at most From, and the last read of 16 bytes begins at most 3 bytes before the end.
        ArgumentOutOfRangeException.ThrowIfLessThan(padded.Length, weights.From * 3 + Slack);
        for (int x = 0; x < firsts.Length; x++)
        {
            ref byte pixel = ref Unsafe.Add(ref MemoryMarshal.GetReference(padded), firsts[x] * 3);
            ref int group = ref MemoryMarshal.GetReference(split.Slice(x * stride, stride));
            Vector256<int> high = Vector256<int>.Zero, low = high;
            for (int k = 0; k < counts[x]; k += 4)
            {
                Vector128<byte> four = Vector128.LoadUnsafe(ref pixel, (nuint)(k * 3));
                Vector256<short> colours = Avx2.Shuffle(Vector256.Create(four, four), pairs).AsInt16();
                Vector128<int> taps = Vector128.LoadUnsafe(ref group, (nuint)k);
                Vector256<int> twice = Vector256.Create(taps, taps);
                high += Avx2.MultiplyAddAdjacent(colours, Avx2.PermuteVar8x32(twice, highHalves).AsInt16());
                low += Avx2.MultiplyAddAdjacent(colours, Avx2.PermuteVar8x32(twice, lowHalves).AsInt16());
            }
            Vector256<int> sums = (high << ResampleWeights.SplitBits) + low;
            Store(sums.GetLower() + sums.GetUpper(), destination, x * 3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(ref byte pixel)
        => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<int> sums, Span<byte> destination, int at)
    {
        sums = Vector128.ShiftRightArithmetic(sums + Vector128.Create(ResampleWeights.Half), ResampleWeights.FractionBits);
        sums = Vector128.Min(Vector128.Max(sums, Vector128<int>.Zero), Vector128.Create(255));
        Vector128<ushort> words = Vector128.Narrow(sums.AsUInt32(), sums.AsUInt32());
        uint pixel = Vector128.Narrow(words, words).AsUInt32().ToScalar();
        // The fourth byte is overwritten by the next pixel; the last one has no place for it.
        if (at + 4 <= destination.Length)
        {
            Unsafe.WriteUnaligned(ref destination[at], pixel);
            return;
        }
        destination[at] = (byte)pixel;
        destination[at + 1] = (byte)(pixel >> 8);
        destination[at + 2] = (byte)(pixel >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> ToBytes(Vector<int> sums)
        => Vector.AsVectorUInt32(Vector.Min(Vector.Max(Vector.ShiftRightArithmetic(sums, ResampleWeights.FractionBits), Vector<int>.Zero), new Vector<int>(255)));
}
