using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Components;

/// <summary>The small files beside two backbones: what they say is done, kept, or told.</summary>
public sealed class BackboneFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _notes = [];

    public BackboneFilesTests()
    {
        BackboneFolders.WriteVision(Vision);
        BackboneFolders.WriteLanguage(Language);
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning && e.Source.Contains("LoadBackbones", StringComparison.Ordinal))
                _notes.Add(e.RawMessage);
        };
    }

    private string Vision => _folder.File("vision");

    private string Language => _folder.File("language");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_filter_of_processor_config_survives_every_way_of_saving()
    {
        WriteVision("processor_config.json", """{"image_processor": {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.9, 0.9, 0.9], "resample": 2, "size": {"height": 16, "width": 16}}}""");
        using var model = Load();
        Assert.Equal((Resampling.Bilinear, 0.2f), (model.ImageProcessor.Config.Resample, model.ImageProcessor.Config.Mean[1]));

        ModelFolder.Save(model, _folder.File("saved"));
        using var saved = ModelFolder.Load(_folder.File("saved"));
        using var small = saved.WithPrecision(WeightPrecision.Int4);
        ModelFolder.Save(small, _folder.File("small"));
        using var packed = ModelFolder.Load(_folder.File("small"));
        Assert.Equal(Resampling.Bilinear, packed.ImageProcessor.Config.Resample);

        HuggingFaceFolder.Save(model.Network.Vision, _folder.File("exported"), model.ImageProcessor.Config);
        using var exported = _context.VisionLanguage().LoadBackbones(_folder.File("exported"), Language);
        Assert.Equal(model.ImageProcessor.Config.ToJson(), exported.ImageProcessor.Config.ToJson());

        string picture = _folder.Write("noise.png", Imaging.Pictures.Encode(Imaging.Pictures.Noise(40, 30, 1), SkiaSharp.SKEncodedImageFormat.Png));
        var data = _context.Data.LoadFromEnumerable([new TinyPictures.Row { Image = picture }]);
        foreach (var one in (VisionLanguageModel[])[saved, packed])
        {
            var fitted = _context.Transforms.ImageEncoder(one, "Patches", "Image").Fit(data);
            _context.Model.Save(fitted, data.Schema, _folder.File("encoder.zip"));
            var zipped = new MLContext().Model.Load(_folder.File("encoder.zip"), out _);
            Assert.Equal(fitted.Transform(data).Vectors("Patches"), zipped.Transform(data).Vectors("Patches"));
        }
        WriteVision("processor_config.json", """{"image_processor": {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.9, 0.9, 0.9], "resample": 3, "size": 16}}""");
        using var bicubic = Load();
        Assert.NotEqual(bicubic.ImageProcessor.Process(Imaging.Pictures.Noise(40, 30, 1)), saved.ImageProcessor.Process(Imaging.Pictures.Noise(40, 30, 1)));
    }

    [Fact]
    public void Files_that_agree_with_what_is_done_are_passed_over()
    {
        WriteVision("preprocessor_config.json", """{"size": 16}""");
        WriteLanguage("generation_config.json", """{"do_sample": false, "repetition_penalty": 1.0, "num_beams": 1, "eos_token_id": 3, "top_p": 0.8}""");
        WriteLanguage("special_tokens_map.json", """{"eos_token": {"content": "<|im_end|>", "lstrip": false}, "additional_special_tokens": ["<|im_start|>"]}""");
        Load().Dispose();
        Assert.Empty(_notes);
    }

    [Fact]
    public void What_the_files_want_otherwise_is_told_by_name()
    {
        WriteLanguage("generation_config.json", """{"do_sample": true, "repetition_penalty": 1.1, "top_p": 0.8}""");
        WriteLanguage("special_tokens_map.json", """{"additional_special_tokens": ["<|im_start|>", "<|new|>"]}""");
        WriteLanguage("chat_template.jinja", "{{ '[INST]' }}");
        Load().Dispose();
        Assert.Equal(
            [
                $"{Vision} holds neither preprocessor_config.json nor processor_config.json: pictures are prepared as for the first SigLIP (bicubic, mean and deviation 0.5).",
                $"{Path.Combine(Language, "generation_config.json")}: do_sample, repetition_penalty are not taken over; the options of generating decide.",
                $"{Path.Combine(Language, "chat_template.jinja")}: the chat template is not ChatML, which is what conversations are written in here.",
                $"{Path.Combine(Language, "special_tokens_map.json")}: the tokenizer has no token '<|new|>'; it is read as plain text.",
            ], _notes);
    }

    [Fact]
    public void Added_tokens_beside_a_tokenizer_are_added()
    {
        int id = TinyModel.Tokenizer.VocabularySize - 1; // of the last added token
        string token = TinyModel.Tokenizer.Decode([id], skipSpecialTokens: false);
        File.Delete(Path.Combine(Language, "tokenizer_config.json"));
        WriteLanguage("added_tokens.json", $$"""{"<|more|>": {{id + 1}}}""");
        Assert.Equal([id + 1], VlmTokenizer.Load(Language).Encode("<|more|>"));
        WriteLanguage("added_tokens.json", $$"""{"{{token}}": {{id + 5}}}""");
        Assert.StartsWith($"{Path.Combine(Language, "added_tokens.json")}: the token '{token}' has the id {id + 5} here, but {id} in tokenizer.json", Assert.Throws<MalformedInputException>(() => VlmTokenizer.Load(Language)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("google/siglip-so400m-patch14-224")]
    [InlineData("Qwen/Qwen2.5-0.5B-Instruct")]
    public void A_name_at_Hugging_Face_is_no_folder_and_its_files_are_listed(string name)
    {
        Action[] loads = [() => _context.VisionLanguage().LoadBackbones(name, Language), () => _context.VisionLanguage().LoadBackbones(Vision, name), () => FolderSummary.Read(name),
            () => ModelFolder.Load(name), () => Checkpoint.OpenFolder(name), () => HuggingFaceFolder.LoadQwen2(name), () => HuggingFaceFolder.LoadSiglipVision(name)];
        foreach (Action load in loads)
        {
            string message = Assert.Throws<DirectoryNotFoundException>(load).Message;
            Assert.StartsWith($"There is no folder {Path.GetFullPath(name)}. If '{name}' is a name at Hugging Face, fetch its files into a folder", message, StringComparison.Ordinal);
            Assert.All((string[])["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "generation_config.json"], file => Assert.Contains(file, message, StringComparison.Ordinal));
        }
        Assert.Equal($"There is no folder {Path.GetFullPath("./a/b")}.", Assert.Throws<DirectoryNotFoundException>(() => Checkpoint.OpenFolder("./a/b")).Message);
    }

    private VisionLanguageModel Load() => _context.VisionLanguage().LoadBackbones(Vision, Language);

    private void WriteVision(string name, string text) => File.WriteAllText(Path.Combine(Vision, name), text);

    private void WriteLanguage(string name, string text) => File.WriteAllText(Path.Combine(Language, name), text);
}
