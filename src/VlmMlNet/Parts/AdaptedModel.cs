using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Parts;

/// <summary>A model with adapters added to another's weights.</summary>
internal static class AdaptedModel
{
    /// <summary>Makes the model. It shares with the other one all weights that no adapter changes.</summary>
    /// <param name="model">Stays as it is.</param>
    /// <param name="vision">For the image encoder; null for none.</param>
    /// <param name="language">For the language model; null for none.</param>
    /// <exception cref="ArgumentException">An adapter does not fit.</exception>
    /// <exception cref="InvalidOperationException">A part is held in a reduced precision.</exception>
    public static VisionLanguageModel Of(VisionLanguageModel model, LoraAdapter? vision, LoraAdapter? language)
    {
        using var held = model.Share(); // it may be disposed meanwhile
        var network = held.Network;
        SiglipVisionModel? encoder = null;
        Qwen2ForCausalLM? decoder = null;
        try
        {
            if (vision is not null)
                encoder = vision.Merge(network.Vision, new SiglipVisionModel(network.Vision.Config, held.VisionPart.WeightType, held.VisionPart.Device));
            if (language is not null)
                decoder = language.Merge(network.Language, new Qwen2ForCausalLM(network.Language.Config, network.Language.OutputWeight.dtype, network.Language.OutputWeight.device));
        }
        catch
        {
            encoder?.Dispose();
            decoder?.Dispose();
            throw;
        }
        var result = held.With(encoder, null, decoder);
        result.VisionAdapter = Sum(held.VisionAdapter, vision);
        result.LanguageAdapter = Sum(held.LanguageAdapter, language);
        return result;
    }

    private static LoraAdapter? Sum(LoraAdapter? earlier, LoraAdapter? added) => earlier is null || added is null ? earlier ?? added : earlier.And(added);
}
