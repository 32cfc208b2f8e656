using System.Buffers;

namespace VlmMlNet.Imaging.Decoding;

/// <summary>A decoded picture in rented memory, for callers that only pass its pixels on.</summary>
internal readonly struct RentedPixels(int width, int height, byte[] rented) : IDisposable
{
    /// <summary>Width in pixels.</summary>
    public int Width => width;

    /// <summary>Height in pixels.</summary>
    public int Height => height;

    /// <summary>[Height, Width, 3], R G B.</summary>
    public ReadOnlySpan<byte> Pixels => rented.AsSpan(0, width * height * 3);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);
}
