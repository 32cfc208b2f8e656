using VlmMlNet.Cpu.Language;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The language model.</summary>
internal abstract class LanguageModelPart : ModelPart
{
    /// <summary>The shape.</summary>
    public abstract Qwen2Config Config { get; }

    /// <summary>The TorchSharp module.</summary>
    /// <exception cref="InvalidOperationException">The weights are reduced.</exception>
    public abstract Qwen2ForCausalLM Module { get; }

    /// <summary>How the weights are held.</summary>
    public abstract WeightPrecision Precision { get; }

    /// <summary>Begins to decode.</summary>
    /// <param name="slots">Sequences side by side.</param>
    /// <param name="capacity">Most tokens of a sequence, prompt and answer together.</param>
    /// <param name="maxThreads">Most threads on a CPU; null for libtorch's number.</param>
    public abstract DecodingSession OpenSession(int slots, int capacity, int? maxThreads = null);

    /// <summary>The model with weights of a precision: this one, or one of its own. The caller holds it.</summary>
    /// <exception cref="InvalidOperationException">The weights are reduced to another precision already.</exception>
    public abstract LanguageModelPart WithPrecision(WeightPrecision precision);

    /// <summary>Loads a module.</summary>
    public static LanguageModelPart Load(IWeightSource source, Qwen2Config config, ScalarType type) =>
        new TorchLanguageModel(source.LoadModule(device => new Qwen2ForCausalLM(config, type, device)));

    /// <summary>Loads weights of a precision, for generating.</summary>
    public static LanguageModelPart LoadReduced(IWeightSource source, Qwen2Config config, WeightPrecision precision)
    {
        config.Check();
        return new CpuLanguageModel(new PackedDecoder(source.LoadReduced(PackedModel.Factory(config, precision), device => new Qwen2ForCausalLM(config, ScalarType.Float32, device))));
    }
}
