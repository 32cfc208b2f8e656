using System.Text;
using SkiaSharp;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Tests.Imaging;

public sealed class DecodingErrorTests
{
    private const string Replace = "Replace it with an intact copy, or leave it out.";

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
    {
        var error = Assert.Throws<FileNotFoundException>(() => ImageDecoder.Decode("no-such/cat.jpg"));
        Assert.Contains(Path.GetFullPath("no-such/cat.jpg"), error.Message, StringComparison.Ordinal);
        Assert.Contains("Check the path", error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ImageDecoder.ReadHeader("no-such/cat.jpg"));
    }

    [Fact]
    public void A_folder_is_no_image()
        => AssertError(() => ImageDecoder.Decode(AppContext.BaseDirectory), $"{AppContext.BaseDirectory}: this is a folder, not an image file. Give the path of one image file.");

    [Fact]
    public void A_name_that_no_file_can_have_is_an_error()
        => AssertError(() => ImageDecoder.Decode("a\0.jpg"), "a\\0.jpg: no image file can have this name: it has a null character.");

    [Fact]
    public void An_empty_file_is_an_error()
        => AssertError(() => ImageDecoder.Decode(Array.Empty<byte>(), "row 7, column 'Image'"), $"row 7, column 'Image': the image is empty (0 bytes). {Replace}");

    [Theory]
    [InlineData("hello, world", "not an image of a known format")]
    [InlineData("\n<!DOCTYPE html><html>", "a web page, perhaps of a failed download")]
    [InlineData("<svg xmlns=", "an SVG or other XML file")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "a Git LFS pointer whose file was not fetched")]
    [InlineData("%PDF-1.7", "a PDF file")]
    [InlineData("II*\0aaaaaaaa", "a TIFF file")]
    [InlineData("\0\0\0 ftypavif", "an AVIF, HEIF or video file")]
    public void What_is_no_image_is_described(string content, string description)
        => AssertError(() => ImageDecoder.Decode(Encoding.ASCII.GetBytes(content), "a.jpg"), $"a.jpg: this is {description}. Supported are PNG, JPEG, WebP, GIF, BMP and ICO.");

    [Fact]
    public void A_truncated_jpeg_is_an_error_that_names_the_file_and_the_rows()
    {
        byte[] jpeg = Pictures.Encode(Pictures.Noise(100, 100, 1), SKEncodedImageFormat.Jpeg, 90);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jpg");
        File.WriteAllBytes(path, jpeg[..(jpeg.Length / 2)]);
        try
        {
            var error = Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(path));
            Assert.Matches($@"^{System.Text.RegularExpressions.Regex.Escape(path)}: the JPEG file is cut off or damaged: \d+ of 100 rows can be read\. Replace", error.Message);
            Assert.Equal(path, error.InputSource);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_before_its_last_pixels_is_an_error()
    {
        byte[][] files =
        [
            Pictures.Encode(Pictures.Noise(40, 30, 1), SKEncodedImageFormat.Png), Pictures.BaselineJpeg, Pictures.ProgressiveJpeg, Pictures.LossyWebP,
            Pictures.Encode(Pictures.Noise(20, 10, 1), SKEncodedImageFormat.Webp), Pictures.Gif, Pictures.Bmp(Pictures.Noise(20, 10, 1)),
            Pictures.Ico((8, Pictures.Encode(Pictures.Noise(8, 8, 1), SKEncodedImageFormat.Png)), (16, Pictures.Encode(Pictures.Noise(16, 16, 1), SKEncodedImageFormat.Png))),
        ];
        foreach (byte[] file in files)
        {
            RgbImage whole = ImageDecoder.Decode(file, "whole");
            // What ends a file (JPEG's end marker, the last chunk of a PNG, padding) may be missing: then all pixels are there.
            for (int length = 1; length < file.Length; length += Math.Max(1, file.Length / 150))
            {
                try
                {
                    Assert.Equal(whole.Pixels, ImageDecoder.Decode(file.AsMemory(0, length), "cut").Pixels);
                    Assert.InRange(length, file.Length - 30, file.Length);
                }
                catch (MalformedInputException error)
                {
                    Assert.StartsWith("cut: th", error.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Damaged_pixels_of_a_png_are_an_error()
    {
        byte[] png = Pictures.Encode(Pictures.Noise(40, 30, 1), SKEncodedImageFormat.Png);
        png[png.Length / 2] ^= 0xFF;
        AssertError(() => ImageDecoder.Decode(png, "a.png"), $"a.png: the PNG file is damaged (ErrorInInput). {Replace}");
    }

    [Fact]
    public void A_size_of_zero_is_an_error()
    {
        string message = $"a.png: the PNG file has no readable header: it is cut off, damaged or says a size of 0. {Replace}";
        AssertError(() => ImageDecoder.Decode(new PngFile(0, 10, 8, PngColour.Rgb).ToBytes(), "a.png"), message);
        AssertError(() => ImageDecoder.Decode(new PngFile(10, 0, 8, PngColour.Rgb).ToBytes(), "a.png"), message);
    }

    [Fact]
    public void A_limit_holds_for_exactly_the_pixels_it_says()
    {
        byte[] png = Pictures.Encode(Pictures.Pattern(10, 7), SKEncodedImageFormat.Png);
        Assert.Equal(10, ImageDecoder.Decode(png, "a", new ImageDecoderOptions { MaxPixels = 70, MaxSide = 10 }).Width);
        Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(png, "a", new ImageDecoderOptions { MaxPixels = 69 }));
        AssertError(() => ImageDecoder.Decode(png, "a", new ImageDecoderOptions { MaxSide = 9 }),
            "a: the image has 10 x 7 pixels, and a side may have 9. Make it smaller, or raise ImageDecoderOptions.MaxSide if the file can be trusted.");
    }

    [Fact]
    public void A_flat_jpeg_is_as_small_as_its_size_allows()
    {
        byte[] flat = FlatJpeg.Create([100, 128, 128], null);
        Assert.Equal(3 * 2 / 8, JpegFrame.LeastBytes(flat)); // three blocks of at least two codes
        Pictures.SetJpegSize(flat, 800, 400);
        Assert.Equal(3 * 100 * 50 * 2 / 8, JpegFrame.LeastBytes(flat));
        for (int length = 0; length < flat.Length; length++)
            Assert.InRange(JpegFrame.LeastBytes(flat.AsSpan(0, length)), 0, 3750);
        byte[] large = Pictures.Encode(new RgbImage(3000, 2000, new byte[3000 * 2000 * 3]), SKEncodedImageFormat.Jpeg, 1);
        Assert.InRange(JpegFrame.LeastBytes(large), 1, large.Length);
        Assert.Equal(3000, ImageDecoder.Decode(large, "large").Width);
    }

    [Fact]
    public void A_file_or_stream_without_end_is_refused()
    {
        var options = new ImageDecoderOptions { MaxBytes = 100_000 };
        string message = "endless: the file has more than 100,000 bytes. Raise ImageDecoderOptions.MaxBytes if it really is an image.";
        AssertError(() => ImageDecoder.Decode(new MemoryStream(new byte[100_001]), "endless", options), message);
        using var pipe = new System.IO.Compression.DeflateStream(new MemoryStream(Deflated(10_000_000)), System.IO.Compression.CompressionMode.Decompress);
        AssertError(() => ImageDecoder.Decode(pipe, "endless", options), message);
    }

    private static byte[] Deflated(int zeros)
    {
        var compressed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Fastest))
            deflate.Write(new byte[zeros]);
        return compressed.ToArray();
    }

    private static void AssertError(Action action, string message) => Assert.Equal(message, Assert.Throws<MalformedInputException>(action).Message);
}
