using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Models;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Components;

/// <summary>mlContext.Model.Save and Load.</summary>
public sealed class SavedModelTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    private string Zip => Path.Combine(_pictures.Folder, "model.zip");

    private IEstimator<ITransformer> Everything(VisionLanguageModel model) => _context.Transforms.ImageEncoder(model, "Patches", "Image")
        .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
        .Append(_context.Transforms.HybridMaskDecoder(model, "Score", "VisualTokens", "Conversation"))
        .Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, PromptColumnName = "Prompt", MaxTokens = 7, BatchSize = 3, Prompt = "What?" }));

    private static object[] Values(IDataView view) =>
        [view.Vectors("Patches"), view.Vectors("VisualTokens"), view.Read<float>("Score"), view.Read<int>("Score.TokenCount"), view.Texts("Caption")];

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_loaded_pipeline_gives_the_same_values_bit_for_bit(ScalarType type)
    {
        using var model = Create(type, systemPrompt: "You see.");
        var data = _pictures.Rows(_context, 5);
        var fitted = Everything(model).Fit(data);
        _context.Model.Save(fitted, data.Schema, Zip);
        using var loaded = (IDisposable)new MLContext().Model.Load(Zip, out var schema);
        Assert.Equal(data.Schema.Select(c => (c.Name, c.Type)), schema.Select(c => (c.Name, c.Type)));
        var view = ((ITransformer)loaded).Transform(data);
        Assert.Equal(Values(fitted.Transform(data)), Values(view));
        Assert.Equal(fitted.Transform(data).Schema.Select(c => c.ToString()), view.Schema.Select(c => c.ToString()));
    }

    [Fact]
    public void A_pipeline_of_a_model_that_was_trained_by_adapters_has_them_merged()
    {
        var lora = new LoraOptions { Rank = 2 };
        using var trained = StageTrainer.Train(_model, TinyModel.Colours(12), TrainingStage.FullFineTuning with { BatchSize = 6, VisionLora = lora, LanguageLora = lora }).Model;
        var data = _pictures.Rows(_context, 3);
        var fitted = Everything(trained).Fit(data);
        _context.Model.Save(fitted, data.Schema, Zip);
        using var loaded = (IDisposable)new MLContext().Model.Load(Zip, out _);
        Assert.Equal(Values(fitted.Transform(data)), Values(((ITransformer)loaded).Transform(data)));
    }

    [Fact]
    public void Each_transformer_saves_its_own_part_uncompressed_and_nothing_else()
    {
        var data = _pictures.Rows(_context, 1);
        _context.Model.Save(Everything(_model).Fit(data), data.Schema, Zip);
        using var zip = ZipFile.OpenRead(Zip);
        var weights = zip.Entries.Where(e => e.Name == "weights.safetensors").OrderBy(e => e.FullName, StringComparer.Ordinal).ToList();
        Assert.Equal(4, weights.Count);
        Assert.All(weights, e => Assert.Equal(e.Length, e.CompressedLength));
        long[] parameters = [Bytes(_model.Network.Vision), Bytes(_model.Network.Projector), Bytes(_model.Network.Language), Bytes(_model.Network.Language)];
        foreach (var (entry, bytes) in weights.Zip(parameters))
            Assert.InRange(entry.Length, bytes, bytes + 16384); // and its header
        Assert.Equal(2, zip.Entries.Count(e => e.Name == "tokenizer.json"));
    }

    private static long Bytes(nn.Module module) => module.parameters().Sum(p => p.numel() * p.ElementSize);

    private static VisionLanguageModel Create(ScalarType type, string? systemPrompt)
    {
        var vision = new SiglipVisionModel(TinyModel.Vision, type);
        var language = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize, TieWordEmbeddings = false }, type);
        WeightInitializer.Initialize(vision, 1);
        WeightInitializer.Initialize(language, 2);
        return VisionLanguageModel.FromBackbones(vision, language, TinyModel.Tokenizer, systemPrompt: systemPrompt, seed: 3);
    }

    [Fact]
    public void A_saved_stage_loads_as_its_chain_of_transformers()
    {
        var data = _pictures.Rows(_context, 4);
        using var trained = _context.VisionLanguage().Stages.HybridAlignment(s => s with { BatchSize = 2 }).Fit(data, _model);
        _context.Model.Save(trained, data.Schema, Zip);
        var loaded = new MLContext().Model.Load(Zip, out _);
        Assert.Equal(trained.Transform(data).Read<float>("LogLikelihood"), loaded.Transform(data).Read<float>("LogLikelihood"));
    }

    [Fact]
    public void A_model_saves_to_a_stream_that_cannot_seek()
    {
        var data = _pictures.Rows(_context, 2);
        var fitted = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data);
        using var memory = new MemoryStream();
        using (var forward = new ForwardStream(memory))
            _context.Model.Save(fitted, data.Schema, forward);
        memory.Position = 0;
        Assert.Equal(fitted.Transform(data).Vectors("Patches"), _context.Model.Load(memory, out _).Transform(data).Vectors("Patches"));
    }

    [Fact]
    public void A_saved_model_with_a_damaged_part_is_one_clear_error()
    {
        var data = _pictures.Rows(_context, 1);
        var fitted = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Append(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Patches")).Fit(data);
        string Message(Action<ZipArchive> damage)
        {
            _context.Model.Save(fitted, data.Schema, Zip);
            using (var zip = ZipFile.Open(Zip, ZipArchiveMode.Update))
                damage(zip);
            return Find(Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(Zip, out _))).Message;
        }
        static ZipArchiveEntry Weights(ZipArchive zip) => zip.Entries.First(e => e.Name == "weights.safetensors");

        Assert.Contains("weights.safetensors: the saved model has no such entry. The file is damaged or was changed: save the model again.", Message(zip => Weights(zip).Delete()), StringComparison.Ordinal);
        string truncated = Message(zip =>
        {
            using var stream = Weights(zip).Open();
            stream.SetLength(stream.Length - 100);
        });
        Assert.Matches("saved model, entry .*weights.safetensors: it ends inside tensor '.*'", truncated);
        string other = Message(zip =>
        {
            var entries = zip.Entries.Where(e => e.Name == "weights.safetensors").ToList();
            using var from = entries[1].Open();
            using var to = entries[0].Open();
            to.SetLength(0);
            from.CopyTo(to);
        });
        Assert.Contains("tensors do not fit the model", other, StringComparison.Ordinal);
    }

    // ML.NET wraps what a loader throws.
    private static MalformedInputException Find(Exception e) => e as MalformedInputException ?? Find(e.InnerException!);

    [Fact]
    public void A_disposed_transformer_cannot_be_saved()
    {
        var data = _pictures.Rows(_context, 1);
        var fitted = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data);
        fitted.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _context.Model.Save(fitted, data.Schema, Zip));
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }

    private sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
