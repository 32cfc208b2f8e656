using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Imaging;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>The paper's configuration with random weights.</summary>
internal static class PaperModel
{
    /// <summary>Saves one as <c>vlm quantize</c> does: the language model packed, and with int8 and int4 encoder and projector too;
    /// otherwise they are as wide as it.</summary>
    public static void Save(string folder, WeightPrecision precision)
    {
        TorchRuntime.EnsureLoaded();
        var type = precision == WeightPrecision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16;
        var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", "a dog on a beach"]);
        using var encoder = new SiglipVisionModel(SiglipVisionConfig.So400mPatch14At224, type);
        using var projector = new MlpProjector(ProjectorConfig.Paper, type);
        WeightInitializer.Initialize(encoder, 2);
        WeightInitializer.Initialize(projector, 3);
        int side = encoder.Config.ImageSize;
        using var model = new VisionLanguageModel(new TorchImageEncoder(encoder).WithPrecision(precision), new TorchProjector(projector).WithPrecision(precision), new CpuLanguageModel(Decoder(precision)), tokenizer,
            new ImageProcessor(new ImageProcessorConfig { Width = side, Height = side }), null);
        ModelFolder.Save(model, folder);
    }

    /// <summary>The language model, packed.</summary>
    public static PackedDecoder Decoder(WeightPrecision precision)
    {
        using var module = new Qwen2ForCausalLM(Qwen2Config.Qwen25Half, precision == WeightPrecision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16);
        WeightInitializer.Initialize(module, 1);
        return new PackedDecoder(ModelPacker.Pack(module, precision));
    }

    /// <summary>The packed language model of a folder, mapped.</summary>
    public static PackedDecoder MapDecoder(string folder, WeightPrecision precision) =>
        new(PackedFile.Map(Path.Combine(folder, PartFiles.Language.ReducedName), PackedModel.Factory(Qwen2Config.Qwen25Half, precision)));
}
