using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Tests.Imaging;

public sealed class RgbImageTests
{
    [Fact]
    public void Straight_BGRA_is_laid_on_white_with_exact_rounding()
    {
        byte[] bgra = new byte[256 * 256 * 4];
        for (int alpha = 0; alpha < 256; alpha++)
        for (int value = 0; value < 256; value++)
            (bgra[(alpha * 256 + value) * 4], bgra[(alpha * 256 + value) * 4 + 1], bgra[(alpha * 256 + value) * 4 + 2], bgra[(alpha * 256 + value) * 4 + 3]) = ((byte)value, 7, (byte)(255 - value), (byte)alpha);
        RgbImage image = RgbImage.FromBgra(256, 256, bgra, premultiplied: false);
        for (int alpha = 0; alpha < 256; alpha++)
        for (int value = 0; value < 256; value++)
        {
            int at = (alpha * 256 + value) * 3;
            Assert.Equal((OnWhite(255 - value, alpha), OnWhite(7, alpha), OnWhite(value, alpha)), (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]));
        }
    }

    [Fact]
    public void Premultiplied_BGRA_is_within_one_level_of_straight()
    {
        for (int alpha = 0; alpha < 256; alpha++)
        {
            byte value = (byte)(alpha * 37);
            byte stored = (byte)Math.Round(value * alpha / 255.0);
            byte actual = RgbImage.FromBgra(1, 1, [stored, stored, stored, (byte)alpha], premultiplied: true).Pixels[1];
            Assert.InRange(actual, OnWhite(value, alpha) - 1, OnWhite(value, alpha) + 1);
        }
        Assert.Equal([255, 255, 255], RgbImage.FromBgra(1, 1, [200, 200, 200, 100], premultiplied: true).Pixels); // impossible, but clamped
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(33)]
    public void Opaque_pixels_of_any_count_are_packed(int count)
    {
        byte[] four = [.. Enumerable.Range(0, count * 4).Select(i => (byte)(i * 3 + 1))];
        byte[] rgb = new byte[count * 3 + 2];
        foreach (bool swap in new[] { false, true })
        {
            rgb.AsSpan().Fill(99);
            RgbPacker.Pack(four, rgb, swap, AlphaEncoding.Opaque);
            for (int i = 0; i < count; i++)
                Assert.Equal((four[i * 4 + (swap ? 2 : 0)], four[i * 4 + 1], four[i * 4 + (swap ? 0 : 2)]), (rgb[i * 3], rgb[i * 3 + 1], rgb[i * 3 + 2]));
            Assert.Equal([99, 99], rgb[^2..]);
        }
    }

    [Fact]
    public void Wrong_lengths_and_sizes_are_argument_errors()
    {
        var error = Assert.Throws<ArgumentException>(() => new RgbImage(2, 3, new byte[17]));
        Assert.StartsWith("A 2 x 3 RGB image has 18 bytes, but the array has 17.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => RgbImage.FromBgra(2, 3, new byte[18], premultiplied: false));
        Assert.StartsWith("A 2 x 3 BGRA image has 24 bytes, but the span has 18.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(0, 3, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(40_000, 40_000, []));
    }

    private static byte OnWhite(int value, int alpha) => (byte)Math.Round((value * alpha + 255.0 * (255 - alpha)) / 255);
}
