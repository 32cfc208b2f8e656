using VlmMlNet.Cpu.Language;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The language model with weights in a precision, for generating.</summary>
/// <param name="decoder">Owned from now on. Its passes take turns by themselves.</param>
internal sealed class CpuLanguageModel(PackedDecoder decoder) : LanguageModelPart
{
    /// <summary>What runs it.</summary>
    public PackedDecoder Decoder => decoder;

    public override Qwen2Config Config => decoder.Config;

    public override Qwen2ForCausalLM Module => throw ReducedPart.NoModule("language model", Precision, "generating");

    public override WeightPrecision? ReducedPrecision => Precision;

    public override WeightPrecision Precision => decoder.Precision;

    public override ScalarType WeightType => ScalarType.Float32;

    public override Device Device => CPU;

    public override long ParameterCount => decoder.Model.ParameterCount;

    public override DecodingSession OpenSession(int slots, int capacity, int? maxThreads = null) => decoder.OpenSession(slots, capacity, maxThreads);

    public override LanguageModelPart WithPrecision(WeightPrecision precision)
    {
        if (precision != Precision)
            throw ReducedPart.NoModule("language model", Precision, "generating");
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(decoder.Model);

    protected override void Free() => decoder.Dispose();
}
