using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;
using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Imaging;

/// <summary>Small pictures in several formats, and changes to their files.</summary>
internal static class Pictures
{
    /// <summary>A 20 x 12 JPEG, baseline.</summary>
    public static byte[] BaselineJpeg => Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAAMABQDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABgAH/8QAHxAAAQIHAQEAAAAAAAAAAAAAAAQiAQMFBiEjoTET/8QAFwEAAwEAAAAAAAAAAAAAAAAAAgQFBv/EABoRAAMBAAMAAAAAAAAAAAAAAAABAwUCEiH/2gAMAwEAAhEDEQA/AM7RWx4zgjRWx5r4M0VPT4YI0VPT4YBG7JuTu18A8q2NcNfCNWlU9P8AODCH1dm14bteqP/Z");

    /// <summary>The same picture with the same quantisation, progressive.</summary>
    public static byte[] ProgressiveJpeg => Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wgARCAAMABQDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABQAG/8QAFgEBAQEAAAAAAAAAAAAAAAAABAIF/9oADAMBAAIQAxAAAAHOotIyYO1cja//xAAaEAACAwEBAAAAAAAAAAAAAAAAAgEDBBEh/9oACAEBAAEFAkzCZiM3iVqJWpFa8//EABgRAAMBAQAAAAAAAAAAAAAAAAACBAER/9oACAEDAQE/AZLmMubh/8QAFhEBAQEAAAAAAAAAAAAAAAAAAAIS/9oACAECAQE/AYtt/8QAFhABAQEAAAAAAAAAAAAAAAAAADEg/9oACAEBAAY/AkTH/8QAGBAAAgMAAAAAAAAAAAAAAAAAAFEQQWH/2gAIAQEAAT8hxlIgIFAf/9oADAMBAAIAAwAAABBb3//EABYRAQEBAAAAAAAAAAAAAAAAAAARIf/aAAgBAwEBPxDGnP/EABURAQEAAAAAAAAAAAAAAAAAAAEA/9oACAECAQE/EFh3/8QAGBABAAMBAAAAAAAAAAAAAAAAACExwRH/2gAIAQEAAT8QryrwjYRGI8h//9k=");

    /// <summary>A 20 x 12 WebP, lossy.</summary>
    public static byte[] LossyWebP => Convert.FromBase64String("UklGRmQAAABXRUJQVlA4IFgAAACwAwCdASoUAAwAPrVWoUsnJSMhsAgA4BaJbACdMoRwACm79U73AAD+9dxKbVSfRw1PH2gZl2JYpAw6k8T54ssxD4LJLRlWtX47LRq8I8EBYKHNI2TAAAAA");

    /// <summary>A 5 x 3 GIF of <see cref="GifPixels"/>.</summary>
    public static byte[] Gif => Convert.FromBase64String("R0lGODdhBQADAIIAAMaNVIay6xTN6xiMU6turogm2WkRTQAAACwAAAAABQADAAAIFAALCBBAwIABAgIAFAgAwMAAAgEBADs=");

    public static byte[] GifPixels => Convert.FromHexString("8826d914cdeb14cdebab6eae69114d69114dab6eae14cdebc68d548826d986b2ebc68d5469114d188c53ab6eae");

    /// <summary>Pixels in which every position is recognisable.</summary>
    public static RgbImage Pattern(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0, y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i += 3)
                (pixels[i], pixels[i + 1], pixels[i + 2]) = ((byte)(x * 11 + y), (byte)(y * 17 + 3 * x), (byte)(x * y + 40));
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Noise: the hardest input for a resizer.</summary>
    public static RgbImage Noise(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static byte[] Encode(RgbImage image, SKEncodedImageFormat format, int quality = 100)
    {
        byte[] bgra = new byte[image.Width * image.Height * 4];
        for (int i = 0; i < image.Width * image.Height; i++)
            (bgra[i * 4], bgra[i * 4 + 1], bgra[i * 4 + 2], bgra[i * 4 + 3]) = (image.Pixels[i * 3 + 2], image.Pixels[i * 3 + 1], image.Pixels[i * 3], 255);
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        Marshal.Copy(bgra, 0, bitmap.GetPixels(), bgra.Length);
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData? data = format == SKEncodedImageFormat.Webp && quality == 100
            ? pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 50))
            : pixmap.Encode(format, quality);
        return data!.ToArray();
    }

    /// <summary>A TIFF structure with an orientation, as EXIF has it.</summary>
    public static byte[] Tiff(int orientation, bool littleEndian)
        => littleEndian
            ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>Inserts an APP1 segment behind the start of a JPEG.</summary>
    public static byte[] WithExif(byte[] jpeg, int orientation, bool littleEndian) => WithExif(jpeg, Tiff(orientation, littleEndian));

    public static byte[] WithExif(byte[] jpeg, byte[] tiff)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>Wraps the only chunk of a simple WebP into the extended format with EXIF.</summary>
    public static byte[] WithExifWebP(byte[] webp, int width, int height, int orientation) => WithExifWebP(webp, width, height, Tiff(orientation, true));

    public static byte[] WithExifWebP(byte[] webp, int width, int height, byte[] exif)
    {
        byte[] body = [.. "WEBPVP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0, .. webp[12..], .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        return [.. "RIFF"u8, .. length, .. body];
    }

    /// <summary>A 24-bit Windows bitmap, rows from bottom to top.</summary>
    public static byte[] Bmp(RgbImage image)
    {
        int rowBytes = (image.Width * 3 + 3) / 4 * 4;
        byte[] file = new byte[54 + rowBytes * image.Height];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), image.Height);
        (file[26], file[28]) = (1, 24);
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
        for (int c = 0; c < 3; c++)
            file[54 + (image.Height - 1 - y) * rowBytes + x * 3 + c] = image.Pixels[(y * image.Width + x) * 3 + 2 - c];
        return file;
    }

    /// <summary>An icon of PNG pictures.</summary>
    public static byte[] Ico(params (int Size, byte[] Png)[] pictures)
    {
        byte[] directory = new byte[6 + pictures.Length * 16];
        (directory[2], directory[4]) = (1, (byte)pictures.Length);
        int offset = directory.Length;
        for (int i = 0; i < pictures.Length; i++)
        {
            Span<byte> entry = directory.AsSpan(6 + i * 16, 16);
            (entry[0], entry[1], entry[4], entry[6]) = ((byte)pictures[i].Size, (byte)pictures[i].Size, 1, 32);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], pictures[i].Png.Length);
            BinaryPrimitives.WriteInt32LittleEndian(entry[12..], offset);
            offset += pictures[i].Png.Length;
        }
        return [.. directory, .. pictures.SelectMany(picture => picture.Png)];
    }

    /// <summary>Overwrites the size in the frame header.</summary>
    public static void SetJpegSize(byte[] jpeg, ushort width, ushort height)
    {
        int at = 2;
        while (jpeg[at + 1] is not (0xC0 or 0xC2))
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(at + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(at + 7), width);
    }
}
