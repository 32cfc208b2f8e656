using System.IO.Compression;
using Snappier;

namespace VlmMlNet.Data.Parquet;

/// <summary>Unpacks the bytes of a page.</summary>
internal static class PageDecompressor
{
    private const int MaxBytes = 1 << 30;
    private const int UnsuspiciousBytes = 16 << 20;
    private const int UnsuspiciousRatio = 1000;

    /// <summary>Whether a page may have this size when unpacked; asked before room is made for it.</summary>
    public static void CheckSize(int compressed, int uncompressed)
    {
        if (uncompressed < 0 || uncompressed > MaxBytes || uncompressed > Math.Max(UnsuspiciousBytes, (long)compressed * UnsuspiciousRatio))
            throw new ParquetFormatException($"a page of {compressed} bytes claims to hold {uncompressed}");
    }

    /// <summary>Fills <paramref name="target"/>, whose length is what the page claims, exactly.</summary>
    public static void Decompress(ParquetCodec codec, byte[] source, int start, int length, Span<byte> target)
    {
        int written;
        try
        {
            written = codec switch
            {
                ParquetCodec.Uncompressed => Copy(source.AsSpan(start, length), target),
                ParquetCodec.Snappy => Snappy.Decompress(source.AsSpan(start, length), target),
                ParquetCodec.Gzip => Inflate(source, start, length, target),
                ParquetCodec.Brotli => BrotliDecoder.TryDecompress(source.AsSpan(start, length), target, out int bytes) ? bytes : -1,
                ParquetCodec.Zstd => Unwrap(source.AsSpan(start, length), target),
                _ => throw new ParquetFormatException($"its pages are compressed with {codec}, which is not read here") { Remedy = "Write the file again, compressed with snappy or zstd." },
            };
        }
        catch (Exception e) when (e is not (ParquetFormatException or OutOfMemoryException))
        {
            throw new ParquetFormatException($"a page cannot be unpacked ({codec})", e);
        }
        if (written != target.Length)
            throw new ParquetFormatException($"a page does not hold the {target.Length} bytes that it claims ({codec})");
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target) => source.TryCopyTo(target) ? source.Length : -1;

    private static int Inflate(byte[] source, int start, int length, Span<byte> target)
    {
        using var stream = new GZipStream(new MemoryStream(source, start, length), CompressionMode.Decompress);
        return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
    }

    private static int Unwrap(ReadOnlySpan<byte> source, Span<byte> target)
    {
        using var decompressor = new ZstdSharp.Decompressor();
        return decompressor.Unwrap(source, target);
    }
}
