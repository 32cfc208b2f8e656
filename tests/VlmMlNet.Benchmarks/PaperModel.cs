using VlmMlNet.Generation.Packed;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>The paper's configuration with random weights.</summary>
internal static class PaperModel
{
    /// <summary>Saves one as <c>vlm quantize</c> does: the language model packed, encoder and projector in bfloat16 (of a float32
    /// model in float32).</summary>
    public static void Save(string folder, WeightPrecision precision)
    {
        TorchRuntime.EnsureLoaded();
        var type = precision == WeightPrecision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16;
        var vision = new SiglipVisionModel(SiglipVisionConfig.So400mPatch14At224, type);
        var projector = new MlpProjector(ProjectorConfig.Paper, type);
        WeightInitializer.Initialize(vision, 2);
        WeightInitializer.Initialize(projector, 3);
        var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", "a dog on a beach"]);
        var side = vision.Config.ImageSize;
        using var model = VisionLanguageModel.Create(vision, projector, Decoder(precision), tokenizer,
            new ImageProcessor(new ImageProcessorConfig { Width = side, Height = side }), null, VisionLanguageModel.DefaultCaptionPrompt);
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
        new(PackedFile.Map(Path.Combine(folder, ModelFolder.PackedName), Qwen2Config.Qwen25Half, precision));
}
