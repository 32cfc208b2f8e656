using SkiaSharp;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Tests.Imaging;

public sealed class OrientationTests
{
    // Both sides exceed the 32 pixels of a strip and are no multiple of it.
    private const int Width = 75, Height = 41;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_orientation_is_turned_upright_in_every_format_that_can_have_one(int orientation)
    {
        RgbImage stored = Pictures.Pattern(Width, Height);
        byte[] jpeg = Pictures.Encode(stored, SKEncodedImageFormat.Jpeg, 90);
        RgbImage expectedOfJpeg = Upright(ImageDecoder.Decode(jpeg, "stored"), orientation);
        AssertEqual(expectedOfJpeg, ImageDecoder.Decode(Pictures.WithExif(jpeg, orientation, littleEndian: true), "a.jpg"));
        AssertEqual(expectedOfJpeg, ImageDecoder.Decode(Pictures.WithExif(jpeg, orientation, littleEndian: false), "b.jpg"));

        RgbImage expected = Upright(stored, orientation);
        byte[] webp = Pictures.WithExifWebP(Pictures.Encode(stored, SKEncodedImageFormat.Webp), Width, Height, orientation);
        AssertEqual(expected, ImageDecoder.Decode(webp, "c.webp"));
        foreach (bool behindPixels in new[] { false, true })
        {
            byte[] png = new PngFile(Width, Height, 8, PngColour.Rgb) { Pixel = (x, y) => [.. stored.Pixels.AsSpan((y * Width + x) * 3, 3).ToArray().Select(value => (ushort)value)] }
                .With("eXIf", Pictures.Tiff(orientation, littleEndian: behindPixels), behindPixels).ToBytes();
            AssertEqual(expected, ImageDecoder.Decode(png, "d.png"));
            Assert.Equal((expected.Width, expected.Height), (ImageDecoder.ReadHeader(png, "d.png").Width, ImageDecoder.ReadHeader(png, "d.png").Height));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Exif\0\0")] // libvips, sharp, older Pillow
    [InlineData("Exif\0\0Exif\0\0")]
    public void A_prefix_before_the_metadata_changes_nothing(string prefix)
    {
        RgbImage stored = Pictures.Pattern(Width, Height), expected = Upright(stored, 6);
        byte[] exif = [.. System.Text.Encoding.ASCII.GetBytes(prefix), .. Pictures.Tiff(6, littleEndian: false)];
        byte[] webp = Pictures.WithExifWebP(Pictures.Encode(stored, SKEncodedImageFormat.Webp), Width, Height, exif);
        AssertEqual(expected, ImageDecoder.Decode(webp, "a.webp"));
        byte[] png = new PngFile(Width, Height, 8, PngColour.Rgb) { Pixel = (x, y) => [.. stored.Pixels.AsSpan((y * Width + x) * 3, 3).ToArray().Select(value => (ushort)value)] }.With("eXIf", exif).ToBytes();
        AssertEqual(expected, ImageDecoder.Decode(png, "a.png"));
    }

    [Theory]
    [InlineData(1, true)] // a byte
    [InlineData(4, true)] // a long
    [InlineData(4, false)]
    public void Every_whole_number_is_an_orientation(byte type, bool littleEndian)
    {
        byte[] tiff = Pictures.Tiff(6, littleEndian);
        tiff[littleEndian ? 12 : 13] = type;
        if (type == 4 && !littleEndian)
            (tiff[19], tiff[21]) = (0, 6);
        RgbImage stored = ImageDecoder.Decode(Pictures.BaselineJpeg, "stored");
        AssertEqual(Upright(stored, 6), ImageDecoder.Decode(Pictures.WithExif(Pictures.BaselineJpeg, tiff), "a.jpg"));
        RgbImage lossless = Pictures.Pattern(Width, Height);
        AssertEqual(Upright(lossless, 6), ImageDecoder.Decode(Pictures.WithExifWebP(Pictures.Encode(lossless, SKEncodedImageFormat.Webp), Width, Height, tiff), "a.webp"));
    }

    [Fact]
    public void The_header_of_a_large_WebP_knows_the_orientation_behind_the_pixels()
    {
        RgbImage stored = Pictures.Noise(301, 207, 3);
        byte[] webp = Pictures.WithExifWebP(Pictures.Encode(stored, SKEncodedImageFormat.Webp), 301, 207, Pictures.Tiff(6, littleEndian: true));
        Assert.True(webp.Length > 100_000, "The beginning holds it all.");
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, webp);
        try
        {
            Assert.Equal(new ImageHeader(207, 301, ImageFormat.WebP), ImageDecoder.ReadHeader(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_orientation_can_be_ignored()
    {
        byte[] turned = Pictures.WithExif(Pictures.BaselineJpeg, 6, littleEndian: true);
        RgbImage image = ImageDecoder.Decode(turned, "a.jpg", new ImageDecoderOptions { ApplyOrientation = false });
        AssertEqual(ImageDecoder.Decode(Pictures.BaselineJpeg, "b.jpg"), image);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public void An_orientation_that_means_nothing_is_ignored(int orientation)
    {
        RgbImage stored = ImageDecoder.Decode(Pictures.BaselineJpeg, "stored");
        AssertEqual(stored, ImageDecoder.Decode(Pictures.WithExif(Pictures.BaselineJpeg, orientation, littleEndian: true), "a.jpg"));
        Assert.Equal(1, EncodedOrientation.ReadTiff(Pictures.Tiff(orientation, littleEndian: false)));
    }

    [Fact]
    public void Metadata_that_is_cut_off_anywhere_is_ignored()
    {
        byte[] whole = Pictures.Tiff(6, littleEndian: true);
        Assert.Equal(6, EncodedOrientation.ReadTiff(whole));
        for (int length = 0; length < 22; length++)
            Assert.Equal(1, EncodedOrientation.ReadTiff(whole.AsSpan(0, length)));
        byte[] far = Pictures.Tiff(6, littleEndian: true);
        far[7] = 0xFF; // the directory lies far behind the end
        Assert.Equal(1, EncodedOrientation.ReadTiff(far));
    }

    /// <summary>The definition: what the stored row 0 and column 0 are in the upright picture.</summary>
    private static RgbImage Upright(RgbImage stored, int orientation)
    {
        bool turned = orientation >= 5;
        int width = turned ? stored.Height : stored.Width, height = turned ? stored.Width : stored.Height;
        byte[] pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        {
            int right = stored.Width - 1, bottom = stored.Height - 1;
            var (fromX, fromY) = orientation switch
            {
                2 => (right - x, y), // row 0 at the top, column 0 at the right
                3 => (right - x, bottom - y), // bottom, right
                4 => (x, bottom - y), // bottom, left
                5 => (y, x), // left, top
                6 => (y, bottom - x), // right, top
                7 => (right - y, bottom - x), // right, bottom
                8 => (right - y, x), // left, bottom
                _ => (x, y), // top, left
            };
            stored.Pixels.AsSpan((fromY * stored.Width + fromX) * 3, 3).CopyTo(pixels.AsSpan((y * width + x) * 3));
        }
        return new RgbImage(width, height, pixels);
    }

    private static void AssertEqual(RgbImage expected, RgbImage actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }
}
