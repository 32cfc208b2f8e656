using SkiaSharp;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;

namespace VlmMlNet.Tests.Imaging;

public sealed class ImageProcessorTests
{
    [Fact]
    public void Values_are_planes_of_red_green_and_blue_between_minus_one_and_one()
    {
        var processor = new ImageProcessor(new ImageProcessorConfig { Width = 3, Height = 2 });
        Assert.Equal(18, processor.ValueCount);
        var image = new RgbImage(3, 2, [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 255, 254, 253]);
        float[] values = processor.Process(image);
        Assert.Equal(18, values.Length);
        for (int channel = 0; channel < 3; channel++)
        for (int i = 0; i < 6; i++)
            Assert.Equal(((float)(image.Pixels[i * 3 + channel] / 255.0) - 0.5f) / 0.5f, values[channel * 6 + i]);
        Assert.Equal(-1f, values[0]);
        Assert.Equal(1f, values[5]);
    }

    [Fact]
    public void Each_channel_has_its_own_mean_and_deviation()
    {
        var config = new ImageProcessorConfig { Width = 1, Height = 1, Mean = [1, 2, 3], Std = [1, 10, 100], RescaleFactor = 1 };
        Assert.Equal([9f, 1.8f, 0.27f], new ImageProcessor(config).Process(new RgbImage(1, 1, [10, 20, 30])));
    }

    [Fact]
    public void Files_bytes_and_decoded_pictures_give_the_same_values()
    {
        RgbImage image = Pictures.Pattern(60, 47);
        byte[] png = Pictures.Encode(image, SKEncodedImageFormat.Png);
        var processor = new ImageProcessor(new ImageProcessorConfig { Width = 28, Height = 14 });
        float[] expected = processor.Process(ImageResizer.Resize(image, 28, 14)), actual = new float[processor.ValueCount];
        Assert.Equal(expected, processor.Process(image));
        Assert.Equal(expected, processor.Process(png, "a"));
        processor.Process(png, "a", actual);
        Assert.Equal(expected, actual);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, png);
        try
        {
            Assert.Equal(expected, processor.Process(path));
            Array.Clear(actual);
            processor.Process(path, actual);
            Assert.Equal(expected, actual);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Many_threads_share_one_processor()
    {
        var processor = new ImageProcessor(new ImageProcessorConfig { Width = 40, Height = 30 });
        byte[][] files = [.. Enumerable.Range(0, 24).Select(i => Pictures.Encode(Pictures.Noise(50 + i, 90 - i, i), i % 3 == 0 ? SKEncodedImageFormat.Jpeg : i % 3 == 1 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Webp))];
        float[][] alone = [.. files.Select(file => processor.Process(file, "alone"))];
        Parallel.For(0, 240, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(alone[i % files.Length], processor.Process(files[i % files.Length], "together")));
    }

    [Fact]
    public void Processing_a_file_again_and_again_allocates_next_to_nothing()
    {
        byte[] jpeg = Pictures.Encode(Pictures.Pattern(640, 480), SKEncodedImageFormat.Jpeg, 85);
        var processor = new ImageProcessor();
        float[] values = new float[processor.ValueCount];
        for (int i = 0; i < 3; i++)
            processor.Process(jpeg, "warm", values);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            processor.Process(jpeg, "a", values);
        // The pixels alone would be 9 MB; weights may be computed again when other tests push them out of their cache.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void The_decoders_limits_hold()
    {
        byte[] png = Pictures.Encode(Pictures.Pattern(60, 47), SKEncodedImageFormat.Png);
        var processor = new ImageProcessor(decoder: new ImageDecoderOptions { MaxPixels = 1000 });
        var error = Assert.Throws<MalformedInputException>(() => processor.Process(png, "row 3"));
        Assert.StartsWith("row 3: the image has 60 x 47 = 2,820 pixels, above the limit of 1,000.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_settings_and_wrong_lengths_are_argument_errors()
    {
        var error = Assert.Throws<ArgumentException>(() => new ImageProcessor(new ImageProcessorConfig { Std = [1, 0, 1] }));
        Assert.StartsWith("The image processor configuration cannot be used: the mean must be finite and the standard deviation above 0.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ImageProcessor(new ImageProcessorConfig { Width = 0 }));
        Assert.Throws<ArgumentException>(() => new ImageProcessor(new ImageProcessorConfig { Mean = [0] }));
        error = Assert.Throws<ArgumentException>(() => new ImageProcessor().Process(Pictures.Pattern(3, 3), new float[5]));
        Assert.StartsWith("A 224 x 224 picture has 150528 values, but the destination has 5.", error.Message, StringComparison.Ordinal);
    }
}
