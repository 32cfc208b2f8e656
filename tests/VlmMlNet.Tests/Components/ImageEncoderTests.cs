using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Imaging;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components;

public sealed class ImageEncoderTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    private sealed class ImageRow
    {
        [ImageType(24, 24)]
        public MLImage? Image { get; set; }
    }

    private float[][] Expected(int count)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var pixels = PixelBatch.ToTensor(_model.ImageProcessor, Enumerable.Range(0, count).Select(TinyPictures.Picture).ToList())!;
        var features = _model.Network.Vision.forward(pixels);
        return Enumerable.Range(0, count).Select(i => features[i].contiguous().data<float>().ToArray()).ToArray();
    }

    private static void AssertClose(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.Length, a.Length);
            for (int i = 0; i < e.Length; i++)
                Assert.Equal(e[i], a[i], 1e-5);
        }
    }

    [Theory]
    [InlineData("Image")]
    [InlineData("Bytes")]
    public void Paths_and_bytes_become_the_encoders_patch_features(string column)
    {
        var data = _pictures.Rows(_context, 11);
        var encoded = _context.Transforms.ImageEncoder(_model, "Patches", column).Fit(data).Transform(data);
        var type = Assert.IsType<VectorDataViewType>(encoded.Schema["Patches"].Type);
        Assert.Equal([4, 16], type.Dimensions);
        Assert.Equal(NumberDataViewType.Single, type.ItemType);
        AssertClose(Expected(11), encoded.Vectors("Patches"));
    }

    [Fact]
    public void Decoded_images_are_read_and_left_alone()
    {
        var rows = Enumerable.Range(0, 5).Select(i => new ImageRow { Image = TinyPictures.Image(i) }).ToList();
        var data = _context.Data.LoadFromEnumerable(rows);
        var encoded = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data).Transform(data);
        AssertClose(Expected(5), encoded.Vectors("Patches"));
        Assert.All(rows, row => Assert.Equal(24, row.Image!.Width)); // not disposed
    }

    [Fact]
    public void Pictures_that_an_earlier_step_loads_are_encoded()
    {
        var data = _pictures.Rows(_context, 3);
        var pipeline = _context.Transforms.LoadImages("Loaded", _pictures.Folder, "Image").Append(_context.Transforms.ImageEncoder(_model, "Patches", "Loaded"));
        AssertClose(Expected(3), pipeline.Fit(data).Transform(data).Vectors("Patches"));
    }

    [Fact]
    public void A_column_may_take_the_place_of_its_input()
    {
        var data = _pictures.Rows(_context, 2);
        var encoded = _context.Transforms.ImageEncoder(_model, "Image").Fit(data).Transform(data);
        AssertClose(Expected(2), encoded.Vectors("Image"));
    }

    [Fact]
    public void A_missing_or_unfit_column_is_an_error_in_MLNETs_words()
    {
        var data = _pictures.Rows(_context, 1);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ImageEncoder(_model, "Patches", "Nope").Fit(data));
        Assert.Equal("Could not find input column 'Nope' (Parameter 'inputSchema')", missing.Message);
        var unfit = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ImageEncoder(_model, "Patches", "Captions").Fit(data));
        Assert.Equal("Schema mismatch for input column 'Captions': expected String, Vector<Byte> or Image, got VarVector<String> (Parameter 'inputSchema')", unfit.Message);

        var transformer = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data);
        var other = _context.Data.LoadFromEnumerable(new[] { new { Image = 1f } });
        unfit = Assert.Throws<ArgumentOutOfRangeException>(() => transformer.Transform(other));
        Assert.Equal("Schema mismatch for input column 'Image': expected String, Vector<Byte> or Image, got Single (Parameter 'inputSchema')", unfit.Message);
        missing = Assert.Throws<ArgumentOutOfRangeException>(() => transformer.GetOutputSchema(new DataViewSchema.Builder().ToSchema()));
        Assert.Equal("Could not find input column 'Image' (Parameter 'inputSchema')", missing.Message);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_errors()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.ImageEncoder(new ImageEncoderOptions { Model = _model, BatchSize = 0 }));
        Assert.StartsWith("Must be positive", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => _context.Transforms.ImageEncoder(null!, "Patches"));
        Assert.Throws<ArgumentNullException>(() => _context.Transforms.ImageEncoder((ImageEncoderOptions)null!));
    }

    [Fact]
    public void A_row_without_a_picture_is_an_error_that_names_the_row()
    {
        var rows = new[] { _pictures[0], _pictures[1], new TinyPictures.Row { Image = " " } };
        var data = _context.Data.LoadFromEnumerable(rows);
        var error = Assert.Throws<MalformedInputException>(() => _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data).Transform(data).Vectors("Patches"));
        Assert.Equal("column 'Image', row 2: the row has no picture. Filter such rows out, or set ImageEncoderOptions.AllowMissing.", error.Message);
        error = Assert.Throws<MalformedInputException>(() => _context.Transforms.ImageEncoder(_model, "Patches", "Bytes").Fit(data).Transform(data).Vectors("Patches"));
        Assert.Equal(2, error.Row);
    }

    [Fact]
    public void A_missing_picture_may_become_NaN_without_changing_the_others()
    {
        var rows = new[] { new TinyPictures.Row(), _pictures[0], new TinyPictures.Row(), _pictures[1] };
        var data = _context.Data.LoadFromEnumerable(rows);
        var options = new ImageEncoderOptions { Model = _model, AllowMissing = true };
        var patches = _context.Transforms.ImageEncoder(options).Fit(data).Transform(data).Vectors("Patches");
        Assert.All(patches[0].Concat(patches[2]), value => Assert.True(float.IsNaN(value)));
        AssertClose(Expected(2), [patches[1], patches[3]]);
        data = _context.Data.LoadFromEnumerable(new[] { new TinyPictures.Row() });
        Assert.True(float.IsNaN(_context.Transforms.ImageEncoder(options).Fit(data).Transform(data).Vectors("Patches")[0][0]));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_an_error_that_names_row_and_file()
    {
        string corrupt = Path.Combine(_pictures.Folder, "corrupt.png");
        byte[] bytes = File.ReadAllBytes(_pictures.File(0));
        File.WriteAllBytes(corrupt, bytes[..^30]);
        var data = _context.Data.LoadFromEnumerable(new[] { _pictures[0], new TinyPictures.Row { Image = corrupt, Bytes = bytes[..^30] } });
        var pipeline = _context.Transforms.ImageEncoder(_model, "Patches", "Image");
        var error = Assert.Throws<MalformedInputException>(() => pipeline.Fit(data).Transform(data).Vectors("Patches"));
        Assert.StartsWith($"{corrupt}, row 1: ", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<MalformedInputException>(() => _context.Transforms.ImageEncoder(_model, "Patches", "Bytes").Fit(data).Transform(data).Vectors("Patches"));
        Assert.StartsWith("column 'Bytes', row 1: ", error.Message, StringComparison.Ordinal);
        data = _context.Data.LoadFromEnumerable(new[] { _pictures[0], new TinyPictures.Row { Image = "/nowhere/x.png" } });
        var absent = Assert.Throws<FileNotFoundException>(() => pipeline.Fit(data).Transform(data).Vectors("Patches"));
        Assert.StartsWith("Row 1: There is no image file '/nowhere/x.png'.", absent.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
