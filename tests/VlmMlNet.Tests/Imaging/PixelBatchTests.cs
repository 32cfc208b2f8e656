using System.Text;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.Imaging;

public sealed class PixelBatchTests
{
    private static readonly ImageProcessor s_processor = new(new ImageProcessorConfig { Width = 6, Height = 4 });

    private static ImageSource Bad(string name) => ImageSource.FromBytes(Encoding.UTF8.GetBytes("no picture"), name);

    [Fact]
    public void Files_bytes_streams_and_pixels_become_the_same_values_in_their_order()
    {
        using var folder = new TemporaryFolder();
        byte[][] encoded = [.. Enumerable.Range(0, 9).Select(i => PngWriter.ToBytes(TinyPictures.Picture(i)))];
        using var stream = new MemoryStream([1, 2, .. encoded[2]]) { Position = 2 };
        ImageSource[] sources =
        [
            ImageSource.FromFile(folder.Write("a.png", encoded[0])), ImageSource.FromBytes(encoded[1], "b"), ImageSource.FromStream(stream, "c"),
            .. Enumerable.Range(3, 6).Select(i => ImageSource.FromImage(TinyPictures.Picture(i), "d")),
        ];
        using var pixels = PixelBatch.ToTensor(s_processor, sources)!;
        using var decoded = PixelBatch.ToTensor(s_processor, Enumerable.Range(0, 9).Select(TinyPictures.Picture).ToList())!;
        Assert.Equal([9, 3, 4, 6], pixels.shape);
        Assert.Equal(Enumerable.Range(0, 9).SelectMany(i => s_processor.Process(TinyPictures.Picture(i))), pixels.data<float>().ToArray());
        Assert.Equal(pixels.data<float>().ToArray(), decoded.data<float>().ToArray());
        Assert.Equal(stream.Length, stream.Position);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Of_several_bad_pictures_the_first_is_the_error()
    {
        ImageSource[] sources = [ImageSource.FromImage(TinyPictures.Picture(0), "good"), Bad("first"), Bad("second")];
        for (int i = 0; i < 20; i++)
            Assert.StartsWith("first: ", Assert.Throws<MalformedInputException>(() => PixelBatch.ToTensor(s_processor, sources)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_picture_leaves_the_others_as_they_are()
    {
        using var batch = PixelBatch.Read(s_processor, [ImageSource.FromImage(TinyPictures.Picture(0), "a"), Bad("b"), ImageSource.FromImage(TinyPictures.Picture(2), "c")]);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(i => batch.Error(i) is MalformedInputException));
        using var good = batch.Take([0, 2]);
        using var turned = batch.Copy([2, 0]);
        float[] first = s_processor.Process(TinyPictures.Picture(0)), last = s_processor.Process(TinyPictures.Picture(2));
        Assert.Equal([.. first, .. last], good.data<float>().ToArray());
        Assert.Equal([.. last, .. first], turned.data<float>().ToArray());
    }

    [Fact]
    public void What_an_encoder_made_of_a_picture_is_no_picture()
    {
        var features = ImageSource.FromPatches(new float[4], "a");
        Assert.Throws<InvalidOperationException>(() => PixelBatch.ToTensor(s_processor, [features]));
        Assert.Null(PixelBatch.ToTensor(s_processor, Array.Empty<ImageSource>()));
    }
}
