using System.Buffers.Binary;
using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Imaging;

[Collection(nameof(MeasuresMemory))]
public sealed class DecodingMemoryTests
{
    private const string Replace = "Replace it with an intact copy, or leave it out.";

    [Fact]
    public void A_small_file_of_a_huge_picture_is_refused_before_memory_is_asked_for()
    {
        byte[] bomb = new PngFile(20_000, 20_000, 1, PngColour.Grey).ToBytes();
        Assert.InRange(bomb.Length, 1, 1 << 20);
        var options = new ImageDecoderOptions { MaxPixels = 399_999_999 };
        ImageDecoder.ReadHeader(bomb, "warm");
        long before = GC.GetAllocatedBytesForCurrentThread(), peak = MeasuresMemory.Peak();
        AssertError(() => ImageDecoder.Decode(bomb, "bomb.png"),
            "bomb.png: the image has 20000 x 20000 = 400,000,000 pixels, above the limit of 178,956,970. Make it smaller, or raise ImageDecoderOptions.MaxPixels if the file can be trusted.");
        AssertError(() => ImageDecoder.Decode(bomb, "bomb.png", options),
            "bomb.png: the image has 20000 x 20000 = 400,000,000 pixels, above the limit of 399,999,999. Make it smaller, or raise ImageDecoderOptions.MaxPixels if the file can be trusted.");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.InRange(MeasuresMemory.Peak() - peak, 0, 200 << 20);
    }

    [Fact]
    public void A_header_that_promises_more_than_the_file_holds_costs_little()
    {
        byte[] png = new PngFile(16, 16, 8, PngColour.Rgb).ToBytes();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 13_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 13_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), PngFile.Crc32(png.AsSpan(12, 17)));
        byte[] baseline = Pictures.BaselineJpeg, progressive = Pictures.ProgressiveJpeg;
        Pictures.SetJpegSize(baseline, 13_000, 13_000);
        Pictures.SetJpegSize(progressive, 13_000, 13_000);
        long peak = MeasuresMemory.Peak();
        AssertError(() => ImageDecoder.Decode(png, "a.png"), $"a.png: the PNG file is cut off: pixels are missing. {Replace}");
        AssertError(() => ImageDecoder.Decode(baseline, "b.jpg"), $"b.jpg: the JPEG file is cut off or damaged: 354 bytes cannot hold 13000 x 13000 pixels. {Replace}");
        AssertError(() => ImageDecoder.Decode(progressive, "c.jpg"), $"c.jpg: the JPEG file is cut off or damaged: 587 bytes cannot hold 13000 x 13000 pixels. {Replace}");
        Assert.InRange(MeasuresMemory.Peak() - peak, 0, 200 << 20);
    }

    private static void AssertError(Action action, string message) => Assert.Equal(message, Assert.Throws<MalformedInputException>(action).Message);
}
