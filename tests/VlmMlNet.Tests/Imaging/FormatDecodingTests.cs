using SkiaSharp;
using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Imaging;

public sealed class FormatDecodingTests
{
    [Fact]
    public void Lossless_files_of_every_format_give_the_pixels_back()
    {
        RgbImage image = Pictures.Pattern(19, 23), small = Pictures.Pattern(8, 8);
        byte[] png = Pictures.Encode(image, SKEncodedImageFormat.Png);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(png, "a").Pixels);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(Pictures.Encode(image, SKEncodedImageFormat.Webp), "b").Pixels);
        Assert.Equal(image.Pixels, ImageDecoder.Decode(Pictures.Bmp(image), "c").Pixels);
        Assert.Equal(Pictures.GifPixels, ImageDecoder.Decode(Pictures.Gif, "d").Pixels);
        byte[] ico = Pictures.Ico((8, Pictures.Encode(small, SKEncodedImageFormat.Png)), (23, png));
        Assert.Equal(image.Pixels, ImageDecoder.Decode(ico, "e").Pixels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(70, 50)]
    [InlineData(33, 65)]
    public void A_jpeg_of_high_quality_is_close_to_its_picture(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
            (pixels[i * 3], pixels[i * 3 + 1], pixels[i * 3 + 2]) = ((byte)(60 + i % width), (byte)(200 - i / width), 90);
        RgbImage decoded = ImageDecoder.Decode(Pictures.Encode(new RgbImage(width, height, pixels), SKEncodedImageFormat.Jpeg), "a.jpg");
        Assert.Equal((width, height), (decoded.Width, decoded.Height));
        Assert.All(decoded.Pixels.Zip(pixels), pair => Assert.InRange(pair.First, pair.Second - 3, pair.Second + 3));
    }

    [Fact]
    public void A_progressive_jpeg_gives_the_same_pixels_as_its_baseline_twin()
    {
        RgbImage baseline = ImageDecoder.Decode(Pictures.BaselineJpeg, "baseline"), progressive = ImageDecoder.Decode(Pictures.ProgressiveJpeg, "progressive");
        Assert.Equal((20, 12), (progressive.Width, progressive.Height));
        Assert.True(baseline.Pixels.Distinct().Count() > 50);
        Assert.Equal(baseline.Pixels, progressive.Pixels);
    }

    [Fact]
    public void A_lossy_webp_is_decoded()
    {
        RgbImage image = ImageDecoder.Decode(Pictures.LossyWebP, "a.webp");
        Assert.Equal((20, 12), (image.Width, image.Height));
        Assert.InRange(image.Pixels[^3], 180, 255); // red grows to the right
        Assert.InRange(image.Pixels[0], 0, 60);
    }

    [Fact]
    public void Jpeg_colour_models_become_RGB()
    {
        Assert.Equal([77, 77, 77], FirstPixel([77], null));
        Assert.Equal([10, 20, 30], FirstPixel([10, 20, 30], 0)); // Adobe without a transform: RGB
        Assert.Equal([100, 100, 100], FirstPixel([100, 128, 128], null)); // YCbCr

        // CMYK of Adobe is stored inverted: 255 is no ink, and black 255 means nothing is darkened.
        Assert.Equal([200, 100, 50], FirstPixel([200, 100, 50, 255], 0));
        Assert.Equal([100, 50, 25], FirstPixel([200, 100, 50, 128], 0));
        // Pillow takes any CMYK file as inverted, also one without Adobe's segment.
        Assert.Equal([200, 100, 50], FirstPixel([200, 100, 50, 255], null));
        // YCCK: YCbCr of the inverted inks, and black.
        Assert.Equal([155, 155, 155], FirstPixel([100, 128, 128, 255], 2));
    }

    [Fact]
    public void A_stream_is_read_from_its_position_and_stays_open()
    {
        byte[] png = Pictures.Encode(Pictures.Pattern(9, 4), SKEncodedImageFormat.Png);
        using var stream = new MemoryStream([1, 2, 3, .. png]) { Position = 3 };
        Assert.Equal(Pictures.Pattern(9, 4).Pixels, ImageDecoder.Decode(stream, "a").Pixels);
        Assert.True(stream.CanRead);
        using var pipe = new OneByteStream(png);
        Assert.Equal(Pictures.Pattern(9, 4).Pixels, ImageDecoder.Decode(pipe, "b").Pixels);
    }

    [Fact]
    public void The_header_tells_size_and_format_without_the_pixels()
    {
        byte[] png = new PngFile(60_000, 50_000, 1, PngColour.Grey).With("IDAT", []).ToBytes()[..60];
        Assert.Equal(new ImageHeader(60_000, 50_000, ImageFormat.Png), ImageDecoder.ReadHeader(png, "a"));
        Assert.Equal(new ImageHeader(20, 12, ImageFormat.Jpeg), ImageDecoder.ReadHeader(Pictures.ProgressiveJpeg, "b"));
        Assert.Equal(new ImageHeader(12, 20, ImageFormat.Jpeg), ImageDecoder.ReadHeader(Pictures.WithExif(Pictures.BaselineJpeg, 6, true), "c"));
        Assert.Equal(new ImageHeader(20, 12, ImageFormat.WebP), ImageDecoder.ReadHeader(Pictures.LossyWebP, "d"));
        Assert.Equal(new ImageHeader(5, 3, ImageFormat.Gif), ImageDecoder.ReadHeader(Pictures.Gif, "e"));
        Assert.Equal(new ImageHeader(9, 4, ImageFormat.Bmp), ImageDecoder.ReadHeader(Pictures.Bmp(Pictures.Pattern(9, 4)), "f"));
    }

    [Fact]
    public void The_header_of_a_file_is_found_behind_much_metadata()
    {
        byte[] jpeg = Pictures.WithExif(Pictures.BaselineJpeg, 8, false);
        byte[] comment = [0xFF, 0xFE, 0xFF, 0xFF, .. new byte[0xFFFD]];
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jpg");
        File.WriteAllBytes(path, [.. jpeg[..2], .. comment, .. comment, .. jpeg[2..]]);
        try
        {
            Assert.Equal(new ImageHeader(12, 20, ImageFormat.Jpeg), ImageDecoder.ReadHeader(path));
            File.WriteAllBytes(path, [.. jpeg, .. new byte[200_000]]);
            Assert.Equal(new ImageHeader(12, 20, ImageFormat.Jpeg), ImageDecoder.ReadHeader(path));
            RgbImage decoded = ImageDecoder.Decode(path);
            Assert.Equal((12, 20), (decoded.Width, decoded.Height));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] FirstPixel(byte[] components, byte? adobeTransform)
        => ImageDecoder.Decode(FlatJpeg.Create(components, adobeTransform), "flat.jpg").Pixels[..3];

    /// <summary>A stream that cannot seek and gives a byte at a time.</summary>
    private sealed class OneByteStream(byte[] bytes) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == bytes.Length || count == 0)
                return 0;
            buffer[offset] = bytes[_at++];
            return 1;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
