using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;

namespace VlmMlNet.Tests.Imaging;

/// <summary>Against what Pillow 9.4 and Hugging Face made of real pictures.</summary>
public sealed class GoldenImageTests
{
    [Theory]
    [InlineData("astronaut.png", "astronaut.png.224", 224, 224)]
    [InlineData("astronaut.png", "astronaut.png.384", 384, 384)]
    [InlineData("astronaut.png", "astronaut.png.448x224wh", 448, 224)]
    [InlineData("chelsea_tiny40x31.png", "chelsea_tiny40x31.png.224", 224, 224)]
    [InlineData("chelsea_tiny40x31.png", "chelsea_tiny40x31.png.384", 384, 384)]
    [InlineData("chelsea_palette.png", "chelsea_palette.png.224", 224, 224)]
    [InlineData("chelsea_rgba.png", "chelsea_rgba.png.composited_white.224", 224, 224)]
    [InlineData("logo.png", "logo.png.composited_white.224", 224, 224)]
    [InlineData("camera_gray16.png", "camera_gray16.png.highbyte.224", 224, 224)]
    [InlineData("camera_gray.jpg", "camera_gray.jpg.224", 224, 224)]
    [InlineData("coffee_420.jpg", "coffee_420.jpg.224", 224, 224)]
    [InlineData("coffee_cmyk.jpg", "coffee_cmyk.jpg.224", 224, 224)]
    [InlineData("rocket.jpg", "rocket.jpg.224", 224, 224)]
    [InlineData("chelsea_exif6.jpg", "chelsea_exif6.jpg.exif_transposed.224", 224, 224)]
    public void A_picture_is_decoded_and_resized_as_Pillow_does(string input, string expected, int width, int height)
    {
        RgbImage image = ImageDecoder.Decode(GoldenData.Path("images", "input", input));
        RgbImage resized = ImageResizer.Resize(image, width, height);
        AssertEqual(expected, resized);
    }

    [Fact]
    public void Without_orientation_the_pixels_are_those_of_Hugging_Face()
    {
        string path = GoldenData.Path("images", "input", "chelsea_exif6.jpg");
        RgbImage image = ImageDecoder.Decode(path, new ImageDecoderOptions { ApplyOrientation = false });
        AssertEqual("chelsea_exif6.jpg.224", ImageResizer.Resize(image, 224, 224));
    }

    [Fact]
    public void Pixel_values_are_those_of_the_SigLIP_processor()
    {
        float[] actual = new ImageProcessor().Process(GoldenData.Path("images", "input", "astronaut.png"));
        var (shape, expected) = NpyFile.ReadFloats(GoldenData.Path("images", "expected", "astronaut.png.pixel_values_f32.npy"));
        Assert.Equal([3, 224, 224], shape[^3..]);
        Assert.Equal(expected, actual);
    }

    private static void AssertEqual(string expectedName, RgbImage actual)
    {
        var (shape, expected) = NpyFile.ReadBytes(GoldenData.Path("images", "expected", expectedName + ".npy"));
        Assert.Equal([actual.Height, actual.Width, 3], shape);
        int different = 0, largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            int difference = Math.Abs(expected[i] - actual.Pixels[i]);
            largest = Math.Max(largest, difference);
            different += difference > 0 ? 1 : 0;
        }
        // The JPEG decoder below is the one that Pillow uses, so that even lossy files are equal here.
        Assert.True(largest == 0, $"{different} of {expected.Length} values differ, by up to {largest}");
    }
}
