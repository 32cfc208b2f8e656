using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Components;

namespace VlmMlNet.Tests.Cli;

public sealed class ValidateCommandTests : CliTest
{
    [Fact]
    public void Good_data_is_valid_with_exit_code_0()
    {
        var (code, output, error) = Run("validate", CocoFile(3));
        Assert.Equal(0, code);
        Assert.Equal("""
            format                CocoCaptions
            schema                data-schemas/coco-captions.schema.json
            rows                  3
              with a picture      3
            captions              6
            pictures              3, 0 missing, 0 unreadable
              widths              24 to 24, 24 on average
              heights             24 to 24, 24 on average
            valid

            """.ReplaceLineEndings("\n"), output);
        Assert.Contains("reading rows: 3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Widths_and_heights_are_told_by_themselves()
    {
        (int Width, int Height)[] sizes = [(72, 72), (200, 120), (600, 20)];
        Directory.CreateDirectory(InFolder("photos"));
        foreach (var (width, height) in sizes)
            {
            using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, new byte[4 * width * height]);
            image.Save(Path.Combine(InFolder("photos"), $"{width}.png"));
        }
        string output = Run("validate", InFolder("photos")).Output;
        Assert.Contains("  widths              72 to 600, 291 on average\n", output, StringComparison.Ordinal);
        Assert.Contains("  heights             20 to 120, 71 on average\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_parts_that_do_not_fit_is_one_sentence_that_names_the_file()
    {
        string model = SavedModel();
        File.WriteAllText(Path.Combine(model, "preprocessor_config.json"), """{"size": 65}""");
        foreach (string error in (string[])[Run("caption", Picture(0), "--model", model).Error, Run("validate", model).Output])
        {
            Assert.Contains($"{Path.Combine(model, "preprocessor_config.json")}: pictures are resized to 65x65; the vision model expects 16x16 ('image_size' in config.json).", error, StringComparison.Ordinal);
            Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bad_data_is_listed_with_file_and_line_and_exit_code_1()
    {
        string path = InFolder("a.jsonl");
        string row = """{"image":"gone.png","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}""";
        File.WriteAllLines(path, [row, "{}", "{}", "{}", row]);
        var (code, output, _) = Run("validate", path, "--list", "2");
        Assert.Equal(1, code);
        Assert.Contains("rows                  2, 3 bad\n", output, StringComparison.Ordinal);
        Assert.Contains("pictures              1, 1 missing, 0 unreadable\n", output, StringComparison.Ordinal);
        Assert.Contains($"  {path}:2, row 1: 'conversations' is missing (line 2)\n  {path}:3, row 2: ", output, StringComparison.Ordinal);
        Assert.EndsWith("  and 2 more\n4 problems\n", output, StringComparison.Ordinal);
        Assert.Equal(1, Run("validate", path, "--pictures", "none").Code);
        Assert.DoesNotContain("more", Run("validate", path, "--list", "4").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_or_not_known_is_said()
    {
        AssertOneLine($"There is no data file '{InFolder("none")}'.", Run("validate", InFolder("none")).Error);
        var (code, output, _) = Run("validate", Write("a.json", new { a = 1 }));
        Assert.Equal(1, code);
        Assert.StartsWith("format                not recognised\n", output, StringComparison.Ordinal);
        Assert.EndsWith("1 problem\n", output, StringComparison.Ordinal);
        Assert.Equal(2, Run("validate", "a", "--pictures", "all").Code);
    }

    [Fact]
    public void A_saved_model_is_valid()
    {
        var (code, output, _) = Run("validate", SavedModel());
        Assert.Equal(0, code);
        Assert.Equal("format                SavedModel\nschema                data-schemas/saved-model.schema.json\nvalid\n", output);
    }

    [Fact]
    public void Everything_that_stops_a_saved_model_from_loading_is_a_line()
    {
        string model = SavedModel();
        File.Delete(Path.Combine(model, "tokenizer.json"));
        File.WriteAllText(Path.Combine(model, "preprocessor_config.json"), """{"resample": 0}""");
        RemoveTensors(model, "vision_tower.vision_model.post_layernorm.bias", "multi_modal_projector.linear_1.bias");
        var (code, output, _) = Run("validate", model);
        Assert.Equal(1, code);
        Assert.Contains($"  {model}: there is no tokenizer here", output, StringComparison.Ordinal);
        Assert.Contains($"  {Path.Combine(model, "preprocessor_config.json")}: resample is 0", output, StringComparison.Ordinal);
        Assert.Contains("'vision_tower.vision_model.post_layernorm.bias' is missing", output, StringComparison.Ordinal);
        Assert.Contains("'multi_modal_projector.linear_1.bias' is missing", output, StringComparison.Ordinal);
        Assert.EndsWith("4 problems\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", """{"model_type": "vlm_mlnet"}""", "by the schema, ")]
    [InlineData("tokenizer.json", "{}", "it has no 'model'")]
    [InlineData("model.safetensors", "", "it is empty")]
    [InlineData("preprocessor_config.json", """{"size": 32}""", "pictures are resized to 32x32; the vision model expects 16x16")]
    [InlineData("generation_config.json", """{"eos_token_id": "x"}""", "eos_token_id is \"x\"")]
    public void One_damaged_file_of_a_model_is_a_problem(string name, string content, string problem)
    {
        string model = SavedModel();
        File.WriteAllText(Path.Combine(model, name), content);
        var (code, output, _) = Run("validate", model);
        Assert.Equal(1, code);
        Assert.Contains(problem, output, StringComparison.Ordinal);
        Assert.EndsWith("1 problem\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_weights_without_configuration_was_meant_to_be_a_model()
    {
        string model = SavedModel();
        File.Delete(Path.Combine(model, "config.json"));
        var (code, output, _) = Run("validate", model);
        Assert.Equal(1, code);
        Assert.Contains($"There is no file {Path.Combine(model, "config.json")}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Backbones_are_validated_too()
    {
        string vision = InFolder("vision"), language = InFolder("language");
        BackboneFolders.WriteVision(vision);
        BackboneFolders.WriteLanguage(language);
        Assert.Equal((0, "format                Backbone\nvalid\n"), (Run("validate", vision).Code, Run("validate", language).Output));
        File.Delete(Path.Combine(language, "tokenizer.json"));
        RemoveTensors(language, "model.norm.weight");
        File.WriteAllText(Path.Combine(vision, "processor_config.json"), """{"image_processor": {"do_pad": true}}""");
        var (code, output, _) = Run("validate", language);
        Assert.Equal(1, code);
        Assert.Contains("'model.norm.weight' is missing", output, StringComparison.Ordinal);
        Assert.Contains("there is no tokenizer here", output, StringComparison.Ordinal);
        Assert.Contains("do_pad is true", Run("validate", vision).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shrunken_model_is_validated_part_by_part()
    {
        string small = InFolder("small");
        Assert.Equal(0, Run("quantize", SavedModel(), "--weights", "int8", "--out", small).Code);
        Assert.Equal(0, Run("validate", small).Code);
        File.WriteAllText(Path.Combine(small, "vision_tower.safetensors"), "x");
        File.WriteAllText(Path.Combine(small, "language_model.safetensors"), "y");
        var (code, output, _) = Run("validate", small);
        Assert.Equal(1, code);
        Assert.Contains("vision_tower.safetensors: it has only 1 bytes", output, StringComparison.Ordinal);
        Assert.Contains("language_model.safetensors: it has only 1 bytes", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_pipeline_is_valid_or_its_damage_is_named_with_file_and_part()
    {
        string zip = InFolder("pipeline.zip");
        var context = new MLContext();
        using var model = TinyModel.Create();
        var data = context.Data.LoadFromEnumerable([new TinyPictures.Row { Image = Picture(0) }]);
        var fitted = context.Transforms.ImageEncoder(model, "Patches", "Image").Fit(data);
        context.Model.Save(fitted, data.Schema, zip);
        Assert.Equal((0, "format                SavedPipeline\nvalid\n"), (Run("validate", zip).Code, Run("validate", zip).Output));
        byte[] whole = File.ReadAllBytes(zip);
        File.WriteAllBytes(zip, whole[..^100]);
        var (code, output, _) = Run("validate", zip);
        Assert.Equal(1, code);
        Assert.Contains($"  {zip}: it cannot be read (", output, StringComparison.Ordinal);
        File.WriteAllBytes(zip, whole);
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
            archive.Entries.Single(e => e.Name == "weights.safetensors").Delete();
        Assert.Contains($"{zip}, saved model, entry ", Run("validate", zip).Output, StringComparison.Ordinal);
        Assert.Contains("weights.safetensors: the saved model has no such entry", Run("validate", zip).Output, StringComparison.Ordinal);
    }

    private static void RemoveTensors(string folder, params string[] names)
    {
        string path = Path.Combine(folder, "model.safetensors");
        List<KeyValuePair<string, TorchSharp.torch.Tensor>> kept;
        using (var file = SafetensorsFile.Open(path))
            kept = [.. file.Tensors.Keys.Except(names).Select(name => KeyValuePair.Create(name, file.Read(name)))];
        SafetensorsWriter.Write(path, kept);
    }
}
