using Microsoft.ML;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Data;
using VlmMlNet.Tests.Files;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.ModelFolders;

/// <summary>A damaged file of a model gives the model or one error that names a file of it: no other exception, no memory out of
/// proportion. VLM_FUZZ=N tries N mutants of each file.</summary>
public sealed class ModelFilesFuzzTests : IDisposable
{
    private const long MaxAllocated = 200_000_000;
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config.json", 80)]
    [InlineData("preprocessor_config.json", 60)]
    [InlineData("generation_config.json", 40)]
    [InlineData("tokenizer.json", 60)]
    [InlineData("tokenizer_config.json", 40)]
    [InlineData("model.safetensors", 60)]
    public void A_whole_model(string name, int few)
    {
        using (var model = TinyModel.Create())
            ModelFolder.Save(model, _folder.Path);
        if (!File.Exists(_folder.File(name)))
            _folder.Write(name, """{"bos_token_id": null, "eos_token_id": [5, 7], "pad_token_id": 3, "do_sample": true, "temperature": 0.7}""");
        Run(name, few, () =>
        {
            ModelFolder.Load(_folder.Path).Dispose();
            FolderSummary.Read(_folder.Path);
        });
    }

    [Theory]
    [InlineData("vision/config.json", 60)]
    [InlineData("vision/processor_config.json", 60)]
    [InlineData("language/config.json", 80)]
    [InlineData("language/generation_config.json", 40)]
    [InlineData("language/model.safetensors.index.json", 80)]
    [InlineData("language/model-00001-of-00001.safetensors", 40)]
    [InlineData("language/vocab.json", 60)]
    [InlineData("language/merges.txt", 60)]
    [InlineData("language/added_tokens.json", 40)]
    [InlineData("language/special_tokens_map.json", 40)]
    [InlineData("language/tokenizer_config.json", 40)]
    public void Two_backbones(string name, int few)
    {
        WriteBackbones();
        Run(name, few, () => _context.VisionLanguage().LoadBackbones(_folder.File("vision"), _folder.File("language")).Dispose());
    }

    [Theory]
    [InlineData("vision/config.json")]
    [InlineData("vision/processor_config.json")]
    [InlineData("language/model.safetensors.index.json")]
    [InlineData("language/model-00001-of-00001.safetensors")]
    [InlineData("language/vocab.json")]
    [InlineData("language/merges.txt")]
    [InlineData("language/generation_config.json")]
    public void A_pipe_in_the_place_of_a_file_is_refused_without_waiting(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes are told apart on Linux.");
        WriteBackbones();
        string path = Path.Combine(_folder.Path, name);
        File.Delete(path);
        using var make = System.Diagnostics.Process.Start("mkfifo", [path]);
        make.WaitForExit();
        var error = Assert.Throws<MalformedInputException>(() => _context.VisionLanguage().LoadBackbones(_folder.File("vision"), _folder.File("language")));
        Assert.StartsWith($"{path}: it is a pipe, not a regular file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_pipeline()
    {
        using var model = TinyModel.Create();
        using var pictures = new TinyPictures();
        var data = pictures.Rows(_context, 1);
        var fitted = _context.Transforms.ImageEncoder(model, "Patches", "Image").Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens")).Fit(data);
        _context.Model.Save(fitted, data.Schema, _folder.File("model.zip"));
        Run("model.zip", 120, () => (_context.VisionLanguage().LoadPipeline(_folder.File("model.zip"), out _) as IDisposable)?.Dispose());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(WeightPrecision.BFloat16)]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    public void What_lies_in_a_saved_pipeline(WeightPrecision? precision)
    {
        using var model = TinyModel.Create();
        using var pictures = new TinyPictures();
        var data = pictures.Rows(_context, 1);
        var fitted = _context.Transforms.ImageEncoder(new ImageEncoderOptions { Model = model, Precision = precision is null ? null : WeightPrecision.Int8 })
            .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, Precision = precision, MaxTokens = 2, MaxThreads = 1 })).Fit(data);
        string zip = _folder.File("model.zip");
        _context.Model.Save(fitted, data.Schema, zip);
        (fitted as IDisposable)?.Dispose();
        byte[] whole = File.ReadAllBytes(zip);
        Run("model.zip", 40, () =>
        {
            var loaded = _context.VisionLanguage().LoadPipeline(zip, out _);
            using (loaded as IDisposable)
            {
                try
                {
                    loaded.Transform(data).Texts("Caption");
                }
                catch (Exception e) when (e is MalformedInputException or ArgumentOutOfRangeException || e is InvalidOperationException && e.Message.Contains("its weights are damaged", StringComparison.Ordinal))
                {
                    throw new MalformedInputException(zip, e.Message); // columns are met, and numbers that are none, first when rows are computed
                }
            }
        }, seed =>
        {
            var random = new Random(seed);
            File.WriteAllBytes(zip, whole);
            using var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update);
            var entries = archive.Entries.Where(e => e.Length > 0).ToList();
            var entry = random.Next(3) == 0 ? entries[random.Next(entries.Count)] : entries.Where(e => e.Name.EndsWith(".safetensors", StringComparison.Ordinal)).ElementAt(random.Next(3));
            using var stream = entry.Open();
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (random.Next(2) == 0)
                bytes = new Mutator(seed).Mutate(bytes);
            else
                for (int change = random.Next(1, 40); change > 0; change--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            stream.Position = 0;
            stream.SetLength(0);
            stream.Write(bytes);
        });
    }

    [Fact]
    public void The_settings_of_a_saved_pipeline()
    {
        using var model = TinyModel.Create();
        using var pictures = new TinyPictures();
        var data = pictures.Rows(_context, 1);
        string zip = _folder.File("model.zip");
        _context.Model.Save(_context.Transforms.ImageEncoder(model, "Patches", "Image").Fit(data), data.Schema, zip);
        byte[] whole = File.ReadAllBytes(zip), settings = ModelEntryBytes(zip);
        Run("model.zip", 80, () => (_context.VisionLanguage().LoadPipeline(zip, out _) as IDisposable)?.Dispose(), seed =>
        {
            File.WriteAllBytes(zip, whole);
            using var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update);
            using var stream = Settings(archive).Open();
            stream.SetLength(0);
            stream.Write(new Mutator(seed).Mutate(settings));
        });
    }

    [Fact]
    public void The_state_of_a_training()
    {
        new StagedTrainingState(TimeSpan.FromSeconds(3), [new("stage 0", 5, 2.5, 1.5, 40, TimeSpan.FromSeconds(9))]).Write(_folder.Path);
        Run("training.json", 150, () => StagedTrainingState.TryRead(_folder.Path)?.Used());
    }

    [Fact]
    public void A_checkpoint()
    {
        using var scope = NewDisposeScope();
        var weights = new List<KeyValuePair<string, Tensor>> { new("a", ones(3, 2)) };
        TrainingCheckpoint Checkpoint()
        {
            var optimizer = new AdamW(0.9, 0.999, 1e-8, 0);
            optimizer.AddGroup("", [("a", nn.Parameter(ones(3, 2)))], 1);
            var history = new TrainingHistory();
            history.Add(new TrainingHistory.Point(1, 2.5, 1, 0.5));
            return new TrainingCheckpoint(_folder.File("checkpoint.safetensors"), new CheckpointSettings(TrainingStage.HybridAlignment, new TrainingRun(), 7), weights, optimizer, history, null);
        }
        Checkpoint().Save(1, default);
        Run("checkpoint.safetensors", 150, () =>
        {
            try
            {
                Checkpoint().TryLoad();
            }
            catch (InvalidOperationException e) when (e.Message.Contains("was made with other settings", StringComparison.Ordinal))
            {
                throw new MalformedInputException(_folder.File("checkpoint.safetensors"), e.Message); // names the file as well
            }
        });
    }

    private static byte[] ModelEntryBytes(string zip)
    {
        using var archive = System.IO.Compression.ZipFile.OpenRead(zip);
        using var stream = Settings(archive).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    // The component's own stream, with its settings as JSON.
    private static System.IO.Compression.ZipArchiveEntry Settings(System.IO.Compression.ZipArchive archive) =>
        archive.Entries.Where(e => e.Name == "Model.key").MaxBy(e => e.Length)!;

    private void WriteBackbones()
    {
        string vision = _folder.File("vision"), language = _folder.File("language");
        BackboneFolders.WriteVision(vision);
        BackboneFolders.WriteLanguage(language);
        File.WriteAllText(Path.Combine(vision, "processor_config.json"), $$"""{"image_processor": {{new ImageProcessorConfig { Width = 16, Height = 16 }.ToJson()}}, "processor_class": "SiglipProcessor"}""");
        // The tokenizer in its older files.
        var tokenizer = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(language, "tokenizer.json")))!;
        File.WriteAllText(Path.Combine(language, "vocab.json"), tokenizer["model"]!["vocab"]!.ToJsonString());
        File.WriteAllLines(Path.Combine(language, "merges.txt"), ["#version: 0.2", .. tokenizer["model"]!["merges"]!.AsArray().Select(merge => (string)merge!)]);
        File.WriteAllText(Path.Combine(language, "added_tokens.json"), "{" + string.Join(',', tokenizer["added_tokens"]!.AsArray().Select(token => $"{token!["content"]!.ToJsonString()}: {token["id"]!.ToJsonString()}")) + "}");
        File.WriteAllText(Path.Combine(language, "special_tokens_map.json"), """{"eos_token": {"content": "<|im_end|>", "special": true}, "additional_special_tokens": ["<|im_start|>", "<|endoftext|>"]}""");
        File.WriteAllText(Path.Combine(language, "tokenizer_config.json"), """{"chat_template": "<|im_start|>", "eos_token": "<|im_end|>", "added_tokens_decoder": {}}""");
        File.WriteAllText(Path.Combine(language, "generation_config.json"), """{"eos_token_id": 5, "do_sample": true}""");
        File.Delete(Path.Combine(language, "tokenizer.json"));
        const string Shard = "model-00001-of-00001.safetensors";
        File.Move(Path.Combine(language, "model.safetensors"), Path.Combine(language, Shard));
        using var file = SafetensorsFile.Open(Path.Combine(language, Shard));
        File.WriteAllText(Path.Combine(language, "model.safetensors.index.json"), $$$"""{"weight_map": {{{{string.Join(',', file.Tensors.Keys.Select(t => $"\"{t}\": \"{Shard}\""))}}}}}""");
    }

    private void Run(string name, int few, Action load, Action<int>? damage = null)
    {
        string path = Path.Combine(_folder.Path, name);
        byte[] file = File.ReadAllBytes(path);
        damage ??= seed => File.WriteAllBytes(path, new Mutator(seed).Mutate(file));
        load();
        int readable = 0, refused = 0;
        for (int seed = 0; seed < Mutator.Count(few); seed++)
        {
            damage(seed);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                load();
                readable++;
            }
            catch (Exception e) when (e is MalformedInputException or FileNotFoundException)
            {
                Assert.True(e.Message.Contains(_folder.Path, StringComparison.Ordinal), $"Seed {seed} of {name}: {e.Message}");
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {name}.", e);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < MaxAllocated, $"Seed {seed} of {name} allocated {allocated} bytes.");
        }
        Assert.True(readable > 0 && refused > 0, $"{readable} readable, {refused} refused: the mutations test nothing.");
    }
}
