using TorchSharp;
using VlmMlNet.Text;

namespace VlmMlNet.Components.Catalog;

/// <summary>The two trained models that a vision-language model is built on.</summary>
public sealed class BackboneOptions
{
    /// <summary>Folder of a <c>SiglipVisionModel</c> or <c>SiglipModel</c> as Hugging Face publishes it: config.json, safetensors
    /// and, for other sizes and normalisations than SigLIP's own, preprocessor_config.json or, from
    /// transformers 5, processor_config.json.</summary>
    public required string VisionFolder { get; init; }

    /// <summary>Folder of a <c>Qwen2ForCausalLM</c> as Hugging Face publishes it: config.json, safetensors, tokenizer.json.</summary>
    public required string LanguageFolder { get; init; }

    /// <summary>Folder of an adapter (LoRA) of the language model as PEFT saves it, which is added to its weights: see
    /// <see cref="VisionLanguageCatalog.ApplyAdapter"/>. Default none.</summary>
    public string? LanguageAdapter { get; init; }

    /// <summary>The same for the image encoder. Default none.</summary>
    public string? VisionAdapter { get; init; }

    /// <summary>Width between the projector's layers. Null: 8960 between encoders of width 1152 and language models of width
    /// 896, which is the paper's projector of 18.4M parameters; the language model's width otherwise. Default null.</summary>
    public int? ProjectorHiddenSize { get; init; }

    /// <summary>The system message of conversations that have none; null for none. Default: what Qwen2.5's own template says.</summary>
    public string? SystemPrompt { get; init; } = ChatTemplate.QwenSystemPrompt;

    /// <summary>Type of the weights, whatever the files have: Float32, BFloat16 or Float16. Default Float32.</summary>
    public torch.ScalarType WeightType { get; init; } = torch.ScalarType.Float32;
}
