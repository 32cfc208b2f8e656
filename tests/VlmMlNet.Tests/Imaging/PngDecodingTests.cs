using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Imaging;

public sealed class PngDecodingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Grey_is_spread_over_the_whole_range(int depth)
    {
        int levels = 1 << depth;
        byte[] png = new PngFile(37, 11, depth, PngColour.Grey) { Pixel = (x, y) => [(ushort)((x + 5 * y) % levels)] }.ToBytes();
        AssertPixels(png, 37, 11, (x, y) => Grey((byte)((x + 5 * y) % levels * 255 / (levels - 1))));
    }

    [Fact]
    public void Of_16_bits_the_high_byte_is_taken_without_rounding()
    {
        static ushort Sample(int x, int y, int channel) => (ushort)(x * 5003 + y * 257 + channel * 20011);
        AssertPixels(new PngFile(29, 13, 16, PngColour.Grey) { Pixel = (x, y) => [Sample(x, y, 0)] }.ToBytes(), 29, 13, (x, y) => Grey((byte)(Sample(x, y, 0) >> 8)));
        AssertPixels(new PngFile(29, 13, 16, PngColour.Rgb) { Pixel = (x, y) => [Sample(x, y, 0), Sample(x, y, 1), Sample(x, y, 2)] }.ToBytes(), 29, 13,
            (x, y) => ((byte)(Sample(x, y, 0) >> 8), (byte)(Sample(x, y, 1) >> 8), (byte)(Sample(x, y, 2) >> 8)));
        AssertPixels(new PngFile(29, 13, 16, PngColour.Rgba) { Pixel = (x, y) => [Sample(x, y, 0), Sample(x, y, 1), Sample(x, y, 2), Sample(x, y, 3)] }.ToBytes(), 29, 13,
            (x, y) => (OnWhite(Sample(x, y, 0) >> 8, Sample(x, y, 3) >> 8), OnWhite(Sample(x, y, 1) >> 8, Sample(x, y, 3) >> 8), OnWhite(Sample(x, y, 2) >> 8, Sample(x, y, 3) >> 8)));
        AssertPixels(new PngFile(29, 13, 16, PngColour.GreyAlpha) { Pixel = (x, y) => [Sample(x, y, 0), Sample(x, y, 1)] }.ToBytes(), 29, 13,
            (x, y) => Grey(OnWhite(Sample(x, y, 0) >> 8, Sample(x, y, 1) >> 8)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_palette_is_looked_up(int depth)
    {
        int colours = 1 << depth;
        byte[] palette = [.. Enumerable.Range(0, colours).SelectMany(i => new[] { (byte)(i * 7), (byte)(255 - i), (byte)(i * i) })];
        byte[] png = new PngFile(21, 9, depth, PngColour.Palette) { Pixel = (x, y) => [(ushort)((x * 3 + y) % colours)] }.With("PLTE", palette).ToBytes();
        AssertPixels(png, 21, 9, (x, y) =>
        {
            int i = (x * 3 + y) % colours;
            return ((byte)(i * 7), (byte)(255 - i), (byte)(i * i));
        });
    }

    [Fact]
    public void Transparent_palette_entries_and_colour_keys_become_white_as_far_as_they_are_transparent()
    {
        byte[] palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
        byte[] indexed = new PngFile(3, 1, 8, PngColour.Palette) { Pixel = (x, _) => [(ushort)x] }.With("PLTE", palette).With("tRNS", [0, 128]).ToBytes();
        Assert.Equal([255, 255, 255, OnWhite(40, 128), OnWhite(50, 128), OnWhite(60, 128), 70, 80, 90], ImageDecoder.Decode(indexed, "indexed").Pixels);

        byte[] keyed = new PngFile(2, 1, 8, PngColour.Rgb) { Pixel = (x, _) => [(ushort)(x + 1), 2, 3] }.With("tRNS", [0, 1, 0, 2, 0, 3]).ToBytes();
        Assert.Equal([255, 255, 255, 2, 2, 3], ImageDecoder.Decode(keyed, "keyed").Pixels);
    }

    [Fact]
    public void Alpha_is_laid_on_white_exactly_for_every_value_and_opacity()
    {
        byte[] png = new PngFile(256, 256, 8, PngColour.Rgba) { Pixel = (value, alpha) => [(ushort)value, (ushort)(255 - value), 0, (ushort)alpha] }.ToBytes();
        AssertPixels(png, 256, 256, (value, alpha) => (OnWhite(value, alpha), OnWhite(255 - value, alpha), OnWhite(0, alpha)));
    }

    [Fact]
    public void Gamma_and_colour_profiles_change_nothing()
    {
        byte[] gamma = [0, 1, 0x86, 0xA0]; // 1.0, far from sRGB
        byte[] wide = [.. new[] { 31270, 32900, 73500, 26500, 11500, 82600, 15700, 1800 }.SelectMany(value => new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value })];
        byte[] png = new PngFile(16, 4, 8, PngColour.Rgb) { Pixel = (x, y) => [(ushort)(x * 16), (ushort)(y * 60), (ushort)(x * y)] }.With("gAMA", gamma).With("cHRM", wide).ToBytes();
        AssertPixels(png, 16, 4, (x, y) => ((byte)(x * 16), (byte)(y * 60), (byte)(x * y)));
    }

    private static void AssertPixels(byte[] png, int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> expected)
    {
        RgbImage image = ImageDecoder.Decode(png, "picture.png");
        Assert.Equal((width, height), (image.Width, image.Height));
        for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
        {
            ReadOnlySpan<byte> pixel = image.Pixels.AsSpan((y * width + x) * 3, 3);
            Assert.Equal(expected(x, y), (pixel[0], pixel[1], pixel[2]));
        }
    }

    private static (byte Red, byte Green, byte Blue) Grey(byte level) => (level, level, level);

    private static byte OnWhite(int value, int alpha) => (byte)Math.Round((value * alpha + 255.0 * (255 - alpha)) / 255);
}
