using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VlmMlNet.Imaging;

/// <summary>Antialiased bicubic resizing, bit-equal to Pillow's <c>Image.resize(size, BICUBIC)</c> (a = -0.5), behind which
/// SigLIP was trained: rows first, then columns, in fixed point with 8 bits between the two passes.</summary>
public static class BicubicResizer
{
    private const int Half = 1 << (ResampleWeights.FractionBits - 1);

    /// <summary>Resizes to exactly the given size; the aspect ratio is not kept.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="width">The new width, at least 1; smaller or larger than the image's.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <returns>A new image; its pixels are shared with no other.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the result fits into no array.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, Array.MaxLength / 3, "width * height");
        byte[] resized = GC.AllocateUninitializedArray<byte>(width * height * 3);
        Resize(image.Pixels, image.Width, image.Height, resized, width, height);
        return new RgbImage(width, height, resized);
    }

    /// <summary>Resizes R G B into R G B.</summary>
    internal static void Resize(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> destination, int width, int height)
    {
        if (width == sourceWidth)
        {
            if (height == sourceHeight)
                source.CopyTo(destination);
            else
                ResizeColumns(source, 0, destination, width * 3, ResampleWeights.Get(sourceHeight, height));
            return;
        }
        ResampleWeights across = ResampleWeights.Get(sourceWidth, width);
        if (height == sourceHeight)
        {
            ResizeRows(source, sourceWidth * 3, destination, across);
            return;
        }
        ResampleWeights down = ResampleWeights.Get(sourceHeight, height);
        // Rows that no output row looks at are not resized.
        int first = down.First[0], end = down.First[^1] + down.Count[^1];
        byte[] between = ArrayPool<byte>.Shared.Rent(checked(width * 3 * (end - first)));
        Span<byte> rows = between.AsSpan(0, width * 3 * (end - first));
        ResizeRows(source[(first * sourceWidth * 3)..(end * sourceWidth * 3)], sourceWidth * 3, rows, across);
        ResizeColumns(rows, first, destination, width * 3, down);
        ArrayPool<byte>.Shared.Return(between);
    }

    private static void ResizeRows(ReadOnlySpan<byte> source, int sourceRowBytes, Span<byte> destination, ResampleWeights weights)
    {
        // A pixel is read as four bytes, so that the last row needs a byte behind it.
        byte[] last = ArrayPool<byte>.Shared.Rent(sourceRowBytes + 1);
        source[^sourceRowBytes..].CopyTo(last);
        int rowBytes = weights.First.Length * 3;
        for (; source.Length > sourceRowBytes; source = source[sourceRowBytes..], destination = destination[rowBytes..])
            ResizeRow(source[..(sourceRowBytes + 1)], destination[..rowBytes], weights);
        ResizeRow(last.AsSpan(0, sourceRowBytes + 1), destination[..rowBytes], weights);
        ArrayPool<byte>.Shared.Return(last);
    }

    private static void ResizeRow(ReadOnlySpan<byte> source, Span<byte> destination, ResampleWeights weights)
    {
        ReadOnlySpan<int> firsts = weights.First, counts = weights.Count;
        for (int x = 0; x < firsts.Length; x++)
        {
            ReadOnlySpan<int> taps = weights.Weights.AsSpan(x * weights.Stride, counts[x]);
            // The slice proves that every four-byte read below is inside the row.
            ref byte pixel = ref MemoryMarshal.GetReference(source.Slice(firsts[x] * 3, counts[x] * 3 + 1));
            Vector128<int> even = Vector128.Create(Half), odd = Vector128<int>.Zero;
            int k = 0;
            for (; k + 1 < taps.Length; k += 2)
            {
                even += WidenPixel(ref Unsafe.Add(ref pixel, k * 3)) * taps[k];
                odd += WidenPixel(ref Unsafe.Add(ref pixel, k * 3 + 3)) * taps[k + 1];
            }
            if (k < taps.Length)
                even += WidenPixel(ref Unsafe.Add(ref pixel, k * 3)) * taps[k];
            Vector128<int> sum = Vector128.ShiftRightArithmetic(even + odd, ResampleWeights.FractionBits);
            sum = Vector128.Min(Vector128.Max(sum, Vector128<int>.Zero), Vector128.Create(255));
            Span<byte> to = destination.Slice(x * 3, 3);
            to[0] = (byte)sum[0];
            to[1] = (byte)sum[1];
            to[2] = (byte)sum[2];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> WidenPixel(ref byte pixel)
        => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte())).AsInt32();

    private static void ResizeColumns(ReadOnlySpan<byte> source, int firstRow, Span<byte> destination, int rowBytes, ResampleWeights weights)
    {
        for (int y = 0; y < weights.First.Length; y++)
            MixRows(source.Slice((weights.First[y] - firstRow) * rowBytes, weights.Count[y] * rowBytes),
                weights.Weights.AsSpan(y * weights.Stride, weights.Count[y]), destination.Slice(y * rowBytes, rowBytes));
    }

    private static void MixRows(ReadOnlySpan<byte> rows, ReadOnlySpan<int> taps, Span<byte> destination)
    {
        int rowBytes = destination.Length, x = 0;
        ref byte top = ref MemoryMarshal.GetReference(rows);
        for (; x + Vector<byte>.Count <= rowBytes; x += Vector<byte>.Count)
        {
            Vector<int> a = new(Half), b = a, c = a, d = a;
            for (int k = 0; k < taps.Length; k++)
            {
                Vector.Widen(Vector.LoadUnsafe(ref top, (nuint)(k * rowBytes + x)), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> la, out Vector<uint> lb);
                Vector.Widen(high, out Vector<uint> hc, out Vector<uint> hd);
                a += Vector.AsVectorInt32(la) * taps[k];
                b += Vector.AsVectorInt32(lb) * taps[k];
                c += Vector.AsVectorInt32(hc) * taps[k];
                d += Vector.AsVectorInt32(hd) * taps[k];
            }
            Vector.Narrow(Vector.Narrow(Clamp(a), Clamp(b)), Vector.Narrow(Clamp(c), Clamp(d))).CopyTo(destination[x..]);
        }
        for (; x < rowBytes; x++)
        {
            int sum = Half;
            for (int k = 0; k < taps.Length; k++)
                sum += rows[k * rowBytes + x] * taps[k];
            destination[x] = (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Clamp(Vector<int> sums)
        => Vector.AsVectorUInt32(Vector.Min(Vector.Max(Vector.ShiftRightArithmetic(sums, ResampleWeights.FractionBits), Vector<int>.Zero), new Vector<int>(255)));
}
