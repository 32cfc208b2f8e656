using Microsoft.ML;
using TorchSharp;
using VlmMlNet.Components.Catalog;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Tests.Models;

namespace VlmMlNet.Tests.Components;

public sealed class LoadBackbonesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-backbones-");
    private readonly MLContext _context = new(seed: 1);

    private VisionLanguageCatalog Vlm => _context.VisionLanguage();

    private string Vision => Path.Combine(_folder.FullName, "vision");

    private string Language => Path.Combine(_folder.FullName, "language");

    [Fact]
    public void Backbones_are_joined_by_a_new_projector_that_the_seed_decides()
    {
        BackboneFolders.WriteVision(Vision);
        BackboneFolders.WriteLanguage(Language);
        using var first = Vlm.LoadBackbones(Vision, Language);
        using var second = Vlm.LoadBackbones(Vision, Language);
        using var other = new MLContext(seed: 2).VisionLanguage().LoadBackbones(Vision, Language, projectorHiddenSize: 24);
        Assert.Equal(16, first.Network.Projector.Config.HiddenSize); // the language model's width
        Assert.Equal(24, other.Network.Projector.Config.HiddenSize);
        Assert.True(first.Network.Projector.parameters().Zip(second.Network.Projector.parameters()).All(p => TensorAssert.BitEqual(p.First, p.Second)));
        Assert.Equal("You are Qwen, created by Alibaba Cloud. You are a helpful assistant.", first.SystemPrompt);
        Assert.False(first.Network.Vision.Config.UseHead);
        Assert.Equal(0, first.CountParameters().VisionHead);
    }

    [Fact]
    public void The_papers_widths_get_the_papers_projector()
    {
        BackboneFolders.WriteVision(Vision, TinyModel.Vision with { HiddenSize = 1152, NumHiddenLayers = 1 });
        BackboneFolders.WriteLanguage(Language, TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize, HiddenSize = 896, NumHiddenLayers = 1 });
        using var paper = Vlm.LoadBackbones(Vision, Language);
        Assert.Equal(ProjectorConfig.Paper, paper.Network.Projector.Config);
        using var small = Vlm.LoadBackbones(Vision, Language, projectorHiddenSize: 896);
        Assert.Equal(896, small.Network.Projector.Config.HiddenSize);
    }

    [Fact]
    public void The_type_of_the_weights_the_system_prompt_and_the_preprocessing_may_be_others()
    {
        BackboneFolders.WriteVision(Vision);
        BackboneFolders.WriteLanguage(Language);
        File.WriteAllText(Path.Combine(Vision, "preprocessor_config.json"), new ImageProcessorConfig { Width = 16, Height = 16, Mean = [0.1f, 0.2f, 0.3f] }.ToJson());
        using var model = Vlm.LoadBackbones(new BackboneOptions { VisionFolder = Vision, LanguageFolder = Language, WeightType = torch.ScalarType.BFloat16, SystemPrompt = null });
        Assert.All(model.Network.Vision.parameters().Concat(model.Network.Projector.parameters()).Concat(model.Network.Language.parameters()), p => Assert.Equal(torch.ScalarType.BFloat16, p.dtype));
        Assert.Null(model.SystemPrompt);
        Assert.Equal([0.1f, 0.2f, 0.3f], model.ImageProcessor.Config.Mean);
    }

    [Fact]
    public void What_is_absent_or_does_not_fit_is_one_clear_error()
    {
        BackboneFolders.WriteVision(Vision);
        BackboneFolders.WriteLanguage(Language, TinyModel.Language with { VocabSize = 100 });
        var error = Assert.Throws<MalformedInputException>(() => Vlm.LoadBackbones(Vision, Language));
        Assert.StartsWith($"{Path.Combine(Language, "tokenizer.json")}: it has {TinyModel.Tokenizer.VocabularySize} tokens, the language model 100 embeddings ('vocab_size' in config.json): they do not belong together", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Take the files of one folder from one model.", error.Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(Vision, "preprocessor_config.json"), new ImageProcessorConfig().ToJson());
        BackboneFolders.WriteLanguage(Language);
        error = Assert.Throws<MalformedInputException>(() => Vlm.LoadBackbones(Vision, Language));
        Assert.StartsWith($"{Path.Combine(Vision, "preprocessor_config.json")}: pictures are resized to 224x224; the vision model expects 16x16", error.Message, StringComparison.Ordinal);

        string absent = Path.Combine(_folder.FullName, "absent");
        Assert.Contains(absent, Assert.Throws<DirectoryNotFoundException>(() => Vlm.LoadBackbones(absent, Language)).Message, StringComparison.Ordinal);
        error = Assert.Throws<MalformedInputException>(() => Vlm.LoadBackbones(Language, Language));
        Assert.Contains("This is the language model: the vision model's folder is expected here.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_model_loads_back_and_captions_the_same()
    {
        using var pictures = new TinyPictures();
        BackboneFolders.WriteVision(Vision);
        BackboneFolders.WriteLanguage(Language);
        using var trained = Vlm.Stages.HybridAlignment(s => s with { BatchSize = 2 }).Fit(pictures.Rows(_context, 4), Vlm.LoadBackbones(Vision, Language));
        string saved = Path.Combine(_folder.FullName, "saved");
        Vlm.SaveModel(trained, saved);
        using var loaded = Vlm.LoadModel(saved);
        var data = pictures.Rows(_context, 3);
        string[] Captions(VisionLanguageModel model) => _context.Transforms.ImageEncoder(model, "Patches", "Image")
            .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens")).Fit(data).Transform(data).Texts("Caption");
        Assert.Equal(Captions(trained), Captions(loaded));
        Assert.Throws<ArgumentNullException>(() => Vlm.SaveModel(null!, saved));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
