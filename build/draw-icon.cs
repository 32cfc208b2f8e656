// Draws the packages' icon, a picture that becomes words: dotnet run build/draw-icon.cs
// Shapes are distances to their edges, so that every edge is smooth at every size.
using System.Buffers.Binary;
using System.IO.Compression;

const int Size = 256;
(double R, double G, double B)[,] patches =
{
    { (0.56, 0.79, 0.98), (0.56, 0.79, 0.98), (1.00, 0.80, 0.30) },
    { (0.44, 0.70, 0.93), (0.40, 0.62, 0.45), (0.44, 0.70, 0.93) },
    { (0.30, 0.56, 0.38), (0.35, 0.66, 0.43), (0.30, 0.56, 0.38) },
};
var pixels = new byte[Size * Size * 4];
for (int y = 0; y < Size; y++)
    for (int x = 0; x < Size; x++)
        Draw(x + 0.5, y + 0.5).CopyTo(pixels.AsSpan((y * Size + x) * 4));
File.WriteAllBytes(args.Length > 0 ? args[0] : "build/icon.png", Png(pixels));

byte[] Draw(double x, double y)
{
    double alpha = Coverage(Box(x, y, 128, 128, 122, 122, 44));
    var ground = Mix((0.17, 0.13, 0.42), (0.36, 0.20, 0.60), (x + y) / (2 * Size));
    var colour = ground;
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++)
            colour = Mix(colour, patches[row, column], Coverage(Box(x, y, 53 + 42 * column, 53 + 42 * row, 18, 18, 5)));
    // A speech bubble over the picture's corner, apart from it by an outline of the ground.
    double bubble = Math.Min(Box(x, y, 160, 174, 70, 46, 18), Triangle(x, y));
    colour = Mix(colour, ground, Coverage(bubble - 9));
    colour = Mix(colour, (1, 1, 1), Coverage(bubble));
    double[] lengths = [50, 38, 24];
    for (int line = 0; line < lengths.Length; line++)
        colour = Mix(colour, (0.29, 0.17, 0.53), Coverage(Box(x, y, 110 + lengths[line], 150 + 24 * line, lengths[line], 6, 6)));
    return [Byte(colour.Item1), Byte(colour.Item2), Byte(colour.Item3), Byte(alpha)];
}

static double Box(double x, double y, double centreX, double centreY, double halfWidth, double halfHeight, double radius)
{
    double dx = Math.Abs(x - centreX) - halfWidth + radius, dy = Math.Abs(y - centreY) - halfHeight + radius;
    return Math.Sqrt(Math.Pow(Math.Max(dx, 0), 2) + Math.Pow(Math.Max(dy, 0), 2)) + Math.Min(Math.Max(dx, dy), 0) - radius;
}

// The bubble's tail: right of a vertical edge at 112, above a slope that ends at (112, 240).
static double Triangle(double x, double y) => Math.Max(Math.Max(112 - x, 190 - y), (x + y - 352) / Math.Sqrt(2));

static double Coverage(double distance) => Math.Clamp(0.5 - distance, 0, 1);

static (double, double, double) Mix((double R, double G, double B) a, (double R, double G, double B) b, double t) =>
    (a.R + (b.R - a.R) * t, a.G + (b.G - a.G) * t, a.B + (b.B - a.B) * t);

static byte Byte(double value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));

static byte[] Png(byte[] rgba)
{
    using var file = new MemoryStream();
    file.Write([0x89, .. "PNG\r\n\u001a\n"u8]);
    Chunk(file, "IHDR", [0, 0, Size >> 8, Size & 255, 0, 0, Size >> 8, Size & 255, 8, 6, 0, 0, 0]);
    using var data = new MemoryStream();
    using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
        for (int y = 0; y < Size; y++)
        {
            zlib.WriteByte(0); // no filter
            zlib.Write(rgba, y * Size * 4, Size * 4);
        }
    Chunk(file, "IDAT", data.ToArray());
    Chunk(file, "IEND", []);
    return file.ToArray();
}

static void Chunk(Stream file, string type, byte[] content)
{
    byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content], number = new byte[4];
    BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
    file.Write(number);
    file.Write(body);
    BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
    file.Write(number);
}

static uint Crc(byte[] bytes)
{
    uint crc = ~0u;
    foreach (byte b in bytes)
    {
        crc ^= b;
        for (int i = 0; i < 8; i++)
            crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
    }
    return ~crc;
}
