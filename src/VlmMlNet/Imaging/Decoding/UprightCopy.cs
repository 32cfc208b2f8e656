namespace VlmMlNet.Imaging.Decoding;

/// <summary>Copies decoded 4-byte pixels into an upright RGB picture, some stored rows at a time.</summary>
internal readonly struct UprightCopy
{
    private const int Tile = 32;

    private readonly int _width, _origin, _stepX, _stepY;
    private readonly AlphaEncoding _alpha;

    /// <summary>Prepares the copy of a whole picture.</summary>
    /// <param name="width">The stored width.</param>
    /// <param name="height">The stored height.</param>
    /// <param name="orientation">The EXIF orientation, 1 (upright) to 8; 5 to 8 exchange width and height.</param>
    /// <param name="alpha">What the fourth byte means.</param>
    public UprightCopy(int width, int height, int orientation, AlphaEncoding alpha)
    {
        (_width, _alpha) = (width, alpha);
        // Stored pixel (x, y) goes to pixel origin + x * stepX + y * stepY of the upright picture.
        (_origin, _stepX, _stepY) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => (width * height - 1, -1, -width),
            4 => (width * (height - 1), 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => (width * height - 1, -height, -1),
            8 => (height * (width - 1), -height, 1),
            _ => (0, 1, width),
        };
    }

    /// <summary>Packs rows and, where the orientation says so, mirrors and turns them.</summary>
    /// <param name="rows">R G B A of <paramref name="count"/> stored rows.</param>
    /// <param name="first">The first row's number.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="destination">R G B of the whole upright picture.</param>
    public unsafe void Rows(byte* rows, int first, int count, Span<byte> destination)
    {
        if (_stepX == 1)
        {
            for (int y = 0; y < count; y++)
                RgbPacker.Pack(new ReadOnlySpan<byte>(rows + (long)y * _width * 4, _width * 4), destination.Slice((_origin + (first + y) * _stepY) * 3, _width * 3), false, _alpha);
            return;
        }
        // Tiles keep both sides in the cache when rows become columns.
        Span<byte> packed = stackalloc byte[Tile * 3];
        for (int top = 0; top < count; top += Tile)
        for (int left = 0; left < _width; left += Tile)
        {
            int columns = Math.Min(Tile, _width - left), bottom = Math.Min(top + Tile, count);
            for (int y = top; y < bottom; y++)
            {
                RgbPacker.Pack(new ReadOnlySpan<byte>(rows + ((long)y * _width + left) * 4, columns * 4), packed, false, _alpha);
                int to = (_origin + left * _stepX + (first + y) * _stepY) * 3;
                for (int x = 0; x < columns; x++, to += _stepX * 3)
                {
                    destination[to] = packed[x * 3];
                    destination[to + 1] = packed[x * 3 + 1];
                    destination[to + 2] = packed[x * 3 + 2];
                }
            }
        }
    }
}
