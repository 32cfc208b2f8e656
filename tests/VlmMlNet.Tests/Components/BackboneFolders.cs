using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Tests.Components;

/// <summary>Tiny backbones in the files of Hugging Face.</summary>
internal static class BackboneFolders
{
    public static void WriteVision(string folder, SiglipVisionConfig? config = null)
    {
        using var vision = new SiglipVisionModel(config ?? TinyModel.Vision);
        WeightInitializer.Initialize(vision, 1);
        HuggingFaceFolder.Save(vision, folder);
    }

    public static void WriteLanguage(string folder, Qwen2Config? config = null)
    {
        using var language = new Qwen2ForCausalLM(config ?? TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize });
        WeightInitializer.Initialize(language, 2);
        HuggingFaceFolder.Save(language, folder);
        TinyModel.Tokenizer.Save(folder);
    }
}
