using System.Text;
using System.Text.Json;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.Imaging;

public sealed class ImageProcessorConfigTests
{
    [Fact]
    public void The_file_of_a_published_SigLIP_is_read()
    {
        ImageProcessorConfig config = Read("""
            {"do_convert_rgb": null, "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.4, 0.3],
             "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.6, 0.7], "processor_class": "SiglipProcessor",
             "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"height": 384, "width": 512}}
            """);
        Assert.Equal((512, 384, 1 / 255d), (config.Width, config.Height, config.RescaleFactor));
        Assert.Equal([0.5f, 0.4f, 0.3f], config.Mean);
        Assert.Equal([0.5f, 0.6f, 0.7f], config.Std);
    }

    [Fact]
    public void Absent_and_null_keys_have_the_defaults_of_Hugging_Face()
    {
        foreach (string json in new[] { "{}", """{"size": null, "image_mean": null, "resample": null, "rescale_factor": null, "do_resize": null}""" })
        {
            ImageProcessorConfig config = Read(json);
            Assert.Equal((224, 224, 1 / 255d), (config.Width, config.Height, config.RescaleFactor));
            Assert.Equal([0.5f, 0.5f, 0.5f], config.Mean);
            Assert.Equal([0.5f, 0.5f, 0.5f], config.Std);
        }
    }

    [Fact]
    public void A_number_is_a_square_size() => Assert.Equal((56, 56), (Read("""{"size": 56}""").Width, Read("""{"size": 56}""").Height));

    [Theory]
    [InlineData(1, Resampling.Lanczos)]
    [InlineData(2, Resampling.Bilinear)]
    [InlineData(3, Resampling.Bicubic)]
    [InlineData(4, Resampling.Box)]
    [InlineData(5, Resampling.Hamming)]
    public void The_filter_that_the_file_names_is_used_and_written_back(int resample, Resampling filter)
    {
        ImageProcessorConfig config = Read($$$"""{"resample": {{{resample}}}, "size": {"height": 7, "width": 9}}""");
        Assert.Equal(filter, config.Resample);
        Assert.Equal(filter, Read(config.ToJson()).Resample);
        RgbImage image = Pictures.Noise(23, 31, 5);
        var plain = new ImageProcessor(config).Process(ImageResizer.Resize(image, 9, 7, filter));
        Assert.Equal(plain, new ImageProcessor(config).Process(image));
    }

    [Theory]
    [InlineData("SiglipImageProcessor")]
    [InlineData("SiglipImageProcessorFast")]
    public void The_processor_config_of_transformers_5_is_read(string type)
    {
        ImageProcessorConfig config = Read($$$"""
            {"image_processor": {"do_convert_rgb": null, "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.1, 0.2, 0.3], "data_format": "channels_first",
              "image_processor_type": "{{{type}}}", "image_std": [0.9, 0.8, 0.7], "resample": 1, "rescale_factor": 0.5, "size": {"height": 64, "width": 48}}, "processor_class": "SiglipProcessor"}
            """);
        Assert.Equal((48, 64, 0.5, Resampling.Lanczos), (config.Width, config.Height, config.RescaleFactor, config.Resample));
        Assert.Equal([0.1f, 0.2f, 0.3f], config.Mean);
        Assert.Equal([0.9f, 0.8f, 0.7f], config.Std);
    }

    [Fact]
    public void Of_two_files_the_one_with_an_image_processor_goes_first_as_in_transformers()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ImageProcessorFolder.Find(folder.Path));
        folder.Write("processor_config.json", """{"processor_class": "SiglipProcessor"}"""); // older ones hold no more
        Assert.Null(ImageProcessorFolder.Find(folder.Path));
        folder.Write("preprocessor_config.json", """{"size": 16}""");
        Assert.Equal(16, ImageProcessorFolder.Find(folder.Path)!.Width);
        string joint = folder.Write("processor_config.json", """{"image_processor": {"size": 32, "resample": 2}}""");
        Assert.Equal((32, Resampling.Bilinear), (ImageProcessorFolder.Find(folder.Path)!.Width, ImageProcessorFolder.Find(folder.Path)!.Resample));
        folder.Write("processor_config.json", """{"image_processor": {"resample": 0}}""");
        Assert.StartsWith($"{joint}: resample is 0", Assert.Throws<MalformedInputException>(() => ImageProcessorFolder.Find(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_that_are_switched_off_do_nothing()
    {
        ImageProcessorConfig config = Read("""{"size": 1, "do_rescale": false, "do_normalize": false}""");
        Assert.Equal([10f, 20f, 30f], new ImageProcessor(config).Process(new RgbImage(1, 1, [10, 20, 30])));
    }

    [Theory]
    [InlineData("""{"resample": 0}""", "resample is 0, but only 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) and 5 (Hamming) are supported")]
    [InlineData("""{"resample": 2.5}""", "resample is 2.5, but only 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) and 5 (Hamming) are supported")]
    [InlineData("""{"do_pad": true}""", "do_pad is true, a step that is not supported")]
    [InlineData("""{"do_image_splitting": true}""", "do_image_splitting is true, a step that is not supported")]
    [InlineData("""{"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256}""", "max_num_patches is 256, a step that is not supported")]
    [InlineData("""{"image_processor_type": "Siglip2ImageProcessor"}""", "resample is absent and Siglip2ImageProcessor may have another default than 3 (bicubic)")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "resample": 3, "size": 224, "image_mean": 0.5, "image_std": 0.5}""", "do_center_crop is absent and CLIPImageProcessor may have another default than SigLIP")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor", "resample": 2, "image_mean": 0.5, "image_std": 0.5}""", "size is absent and ViTImageProcessor may have another default than SigLIP")]
    [InlineData("""{"image_std": 1e-45}""", "the rescaled and normalised values must be finite")]
    [InlineData("""{"image_processor": 7}""", "image_processor is not an object")]
    [InlineData("""{"image_processor": {"resample": 9}}""", "resample is 9, but only 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) and 5 (Hamming) are supported")]
    [InlineData("""{"image_processor_type": "ViTImageProcessor"}""", "resample is absent and ViTImageProcessor may have another default than 3 (bicubic)")]
    [InlineData("""{"size": {"shortest_edge": 224}}""", """size is {"shortest_edge": 224}, but must be a number or have height and width""")]
    [InlineData("""{"size": 0}""", "a size of 0 x 0 pixels is not possible")]
    [InlineData("""{"size": {"height": 99999, "width": 99999}}""", "a size of 99999 x 99999 pixels is not possible")]
    [InlineData("""{"do_resize": false}""", "do_resize is false, but the model needs pictures of one size")]
    [InlineData("""{"do_center_crop": true}""", "do_center_crop is true: cropping is not supported")]
    [InlineData("""{"image_mean": [0.5, 0.5]}""", "image_mean is not a list of three numbers")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "the mean must be finite and the standard deviation above 0")]
    [InlineData("""{"rescale_factor": 0}""", "the rescale factor must be above 0")]
    [InlineData("[1]", "the file is not a JSON object")]
    public void What_cannot_be_done_is_an_error(string json, string problem)
    {
        var error = Assert.Throws<MalformedInputException>(() => Read(json));
        Assert.Equal($"preprocessor_config.json: {problem}. Use the preprocessor_config.json of a SigLIP model: a fixed size, resample 2 (bilinear) or 3 (bicubic).", error.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"do_resize": 1}""")]
    [InlineData("""{"size": 1.5}""")]
    [InlineData("""{"size": {"height": "a", "width": 3}}""")]
    [InlineData("""{"image_mean": ["a", 1, 1]}""")]
    [InlineData("""{"rescale_factor": "x"}""")]
    [InlineData("""{"image_processor_type": 3}""")]
    public void What_is_no_configuration_is_an_error_that_names_the_file(string json)
        => Assert.StartsWith("preprocessor_config.json: this is not a preprocessor_config.json: ", Assert.Throws<MalformedInputException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
        => Assert.Contains(Path.GetFullPath("no-such.json"), Assert.Throws<FileNotFoundException>(() => ImageProcessorConfig.FromJson("no-such.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var config = new ImageProcessorConfig { Width = 56, Height = 70, Mean = [0.1f, 0.2f, 0.3f], Std = [0.4f, 0.5f, 0.6f], RescaleFactor = 1 / 127.5 };
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, config.ToJson());
        try
        {
            ImageProcessorConfig read = ImageProcessorConfig.FromJson(path);
            Assert.Equal(config with { Mean = read.Mean, Std = read.Std }, read);
            Assert.Equal(config.Mean, read.Mean);
            Assert.Equal(config.Std, read.Std);
        }
        finally
        {
            File.Delete(path);
        }
        using JsonDocument json = JsonDocument.Parse(config.ToJson());
        Assert.Equal(3, json.RootElement.GetProperty("resample").GetInt32());
        Assert.Equal(70, json.RootElement.GetProperty("size").GetProperty("height").GetInt32());
        Assert.Equal(0.1, json.RootElement.GetProperty("image_mean")[0].GetDouble());
        Assert.Equal("SiglipImageProcessor", json.RootElement.GetProperty("image_processor_type").GetString());
    }

    private static ImageProcessorConfig Read(string json) => ImageProcessorConfig.FromJson(Encoding.UTF8.GetBytes(json), "preprocessor_config.json");
}
