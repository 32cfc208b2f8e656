using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>A language model with what belongs to it: all that makes an answer, or its likelihood, of visual tokens and text.</summary>
internal sealed class ConversationModel(SharedModule<Qwen2ForCausalLM> language, VlmTokenizer tokenizer, ChatTemplate chatTemplate, int imageTokenCount)
{
    /// <summary>The weights, shared with other models.</summary>
    public SharedModule<Qwen2ForCausalLM> Language { get; } = language;

    /// <summary>The language model's tokenizer.</summary>
    public VlmTokenizer Tokenizer { get; } = tokenizer;

    /// <summary>Conversations to token ids.</summary>
    public ChatTemplate ChatTemplate { get; } = chatTemplate;

    /// <summary>Tokens that one picture takes in the sequence.</summary>
    public int ImageTokenCount { get; } = imageTokenCount;

    /// <summary>The language model with pictures in its sequence.</summary>
    public MultimodalDecoder Decoder { get; } = new(language.Module);

    /// <summary>The tokens that end an answer: the chat template's, and those that the model's files name.</summary>
    public int[] StopIds { get; } = [.. ((int[])[tokenizer.ImEndId, tokenizer.EndOfTextId]).Union(language.Module.Config.Generation.StopIds)];

    /// <summary>How the weights are held.</summary>
    public WeightPrecision Precision => Packed?.Precision ?? PrecisionOf(Language.Module);

    /// <summary>The weights where they are held for generating only; null where the module has them.</summary>
    public PackedDecoder? Packed => Language.Module.HasWeights ? null : PackedDecoder;

    private PackedDecoder PackedDecoder => Language.Companion(module => new PackedDecoder(ModelPacker.Pack(module, PrecisionOf(module), isShared: true)));

    /// <summary>A language model whose weights a decoder holds.</summary>
    /// <param name="decoder">Disposed with the last holder.</param>
    public static SharedModule<Qwen2ForCausalLM> Share(PackedDecoder decoder) =>
        new(new Qwen2ForCausalLM(decoder.Config, ScalarType.Float32, META), decoder);

    /// <summary>Begins to decode.</summary>
    /// <param name="slots">Sequences side by side.</param>
    /// <param name="capacity">Most tokens of a sequence, prompt and answer together.</param>
    /// <param name="maxThreads">Most threads on a CPU; null for libtorch's number.</param>
    public DecodingSession OpenSession(int slots, int capacity, int? maxThreads = null) =>
        Language.Module.OutputWeight.device_type is TorchSharp.DeviceType.CPU or TorchSharp.DeviceType.META
            ? PackedDecoder.OpenSession(slots, capacity, maxThreads)
            : new TorchSession(Language, slots, capacity);

    /// <summary>The same model with weights of a precision, which the caller then holds.</summary>
    /// <exception cref="InvalidOperationException">The weights are held in another reduced precision already.</exception>
    public ConversationModel WithPrecision(WeightPrecision precision)
    {
        // A module's own bfloat16 weights are made smaller for generating, without loss.
        if (precision == Precision && (Packed is not null || precision == WeightPrecision.Float32))
            return Hold();
        var decoder = Language.Run(module =>
        {
            module.CheckWeights();
            return new PackedDecoder(ModelPacker.Pack(module, precision));
        });
        return new ConversationModel(Share(decoder), Tokenizer, ChatTemplate, ImageTokenCount);
    }

    /// <summary>Adds a holder of the language model.</summary>
    public ConversationModel Hold()
    {
        Language.Hold();
        return this;
    }

    /// <summary>Removes a holder of the language model.</summary>
    public void Release() => Language.Release();

    private static WeightPrecision PrecisionOf(Qwen2ForCausalLM module) =>
        module.OutputWeight.dtype == ScalarType.BFloat16 ? WeightPrecision.BFloat16 : WeightPrecision.Float32;
}
