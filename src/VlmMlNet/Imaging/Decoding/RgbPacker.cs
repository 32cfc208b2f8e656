using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>Turns 4-byte pixels into R G B, with transparency laid on white.</summary>
internal static class RgbPacker
{
    /// <summary>Packs as many pixels as the source has.</summary>
    public static void Pack(ReadOnlySpan<byte> source, Span<byte> destination, bool swapRedAndBlue, AlphaEncoding alpha)
    {
        int pixels = source.Length / 4;
        destination = destination[..(pixels * 3)];
        int done = alpha == AlphaEncoding.Opaque && Vector128.IsHardwareAccelerated ? PackOpaqueFast(source, destination, swapRedAndBlue) : 0;
        int red = swapRedAndBlue ? 2 : 0;
        for (int i = done, from = done * 4, to = done * 3; i < pixels; i++, from += 4, to += 3)
        {
            int a = alpha == AlphaEncoding.Opaque ? 255 : source[from + 3];
            destination[to] = OnWhite(source[from + red], a, alpha);
            destination[to + 1] = OnWhite(source[from + 1], a, alpha);
            destination[to + 2] = OnWhite(source[from + 2 - red], a, alpha);
        }
    }

    /// <summary>Packs four pixels at a time and returns how many were packed.</summary>
    private static int PackOpaqueFast(ReadOnlySpan<byte> source, Span<byte> destination, bool swapRedAndBlue)
    {
        Vector128<byte> order = swapRedAndBlue
            ? Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255)
            : Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        // Each store writes 16 bytes, of which the next one overwrites the last four: stop before they leave the span.
        for (; i * 4 + 16 <= source.Length && i * 3 + 16 <= destination.Length; i += 4)
            Vector128.Shuffle(Vector128.LoadUnsafe(ref from, (nuint)(i * 4)), order).StoreUnsafe(ref to, (nuint)(i * 3));
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte OnWhite(int value, int alpha, AlphaEncoding encoding)
    {
        if (encoding == AlphaEncoding.Opaque)
            return (byte)value;
        if (encoding == AlphaEncoding.Premultiplied)
            return (byte)Math.Min(255, value + 255 - alpha);
        // The quotient by 255, rounded to nearest: exact for every product of two bytes.
        int sum = value * alpha + 255 * (255 - alpha) + 128;
        return (byte)((sum + (sum >> 8)) >> 8);
    }
}
