namespace VlmMlNet.Imaging;

/// <summary>Copies decoded 4-byte pixels into an upright RGB picture.</summary>
internal static class UprightCopy
{
    private const int Tile = 32;

    /// <summary>Packs and, where the orientation says so, mirrors and turns.</summary>
    /// <param name="source">R G B A, [height, width, 4].</param>
    /// <param name="width">The stored width.</param>
    /// <param name="height">The stored height.</param>
    /// <param name="orientation">The EXIF orientation, 1 to 8: 5 to 8 exchange width and height.</param>
    /// <param name="alpha">What the fourth byte means.</param>
    /// <param name="destination">R G B of the upright picture.</param>
    public static unsafe void Copy(byte* source, int width, int height, int orientation, AlphaEncoding alpha, Span<byte> destination)
    {
        int rowBytes = width * 4;
        if (orientation == 1)
        {
            for (int y = 0; y < height; y++)
                RgbPacker.Pack(new ReadOnlySpan<byte>(source + (long)y * rowBytes, rowBytes), destination.Slice(y * width * 3, width * 3), false, alpha);
            return;
        }
        // Stored pixel (x, y) goes to pixel origin + x * stepX + y * stepY of the upright picture.
        var (origin, stepX, stepY) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => (width * height - 1, -1, -width),
            4 => (width * (height - 1), 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => (width * height - 1, -height, -1),
            8 => (height * (width - 1), -height, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
        };
        // Tiles keep both sides in the cache when rows become columns.
        Span<byte> packed = stackalloc byte[Tile * 3];
        for (int top = 0; top < height; top += Tile)
        for (int left = 0; left < width; left += Tile)
        {
            int columns = Math.Min(Tile, width - left), bottom = Math.Min(top + Tile, height);
            for (int y = top; y < bottom; y++)
            {
                RgbPacker.Pack(new ReadOnlySpan<byte>(source + (long)y * rowBytes + left * 4, columns * 4), packed, false, alpha);
                int to = (origin + left * stepX + y * stepY) * 3;
                for (int x = 0; x < columns; x++, to += stepX * 3)
                {
                    destination[to] = packed[x * 3];
                    destination[to + 1] = packed[x * 3 + 1];
                    destination[to + 2] = packed[x * 3 + 2];
                }
            }
        }
    }
}
