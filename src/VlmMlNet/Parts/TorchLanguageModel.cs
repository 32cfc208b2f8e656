using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>The language model as a TorchSharp module. On a CPU it generates through the engine, which is laid over the module's own
/// matrices at the first session.</summary>
internal sealed class TorchLanguageModel : LanguageModelPart
{
    private readonly Qwen2ForCausalLM _module;
    private PackedDecoder? _decoder;

    /// <param name="module">Owned from now on.</param>
    public TorchLanguageModel(Qwen2ForCausalLM module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _module = module;
        module.eval();
    }

    public override Qwen2Config Config => _module.Config;

    public override Qwen2ForCausalLM Module
    {
        get
        {
            CheckHeld();
            return _module;
        }
    }

    public override WeightPrecision? ReducedPrecision => null;

    public override WeightPrecision Precision => WeightType == ScalarType.BFloat16 ? WeightPrecision.BFloat16 : WeightPrecision.Float32;

    public override ScalarType WeightType => Module.OutputWeight.dtype;

    public override Device Device => Module.OutputWeight.device;

    public override long ParameterCount => ParameterCounts.Count(Module);

    private PackedDecoder Decoder => Run(() => _decoder ??= new PackedDecoder(ModelPacker.Pack(_module, Precision, isShared: true)));

    public override DecodingSession OpenSession(int slots, int capacity, int? maxThreads = null) => Device.type == TorchSharp.DeviceType.CPU
        ? Decoder.OpenSession(slots, capacity, maxThreads)
        : new TorchSession(this, slots, capacity);

    public override LanguageModelPart WithPrecision(WeightPrecision precision)
    {
        // A module's own bfloat16 weights are made smaller for generating, without loss.
        if (precision != Precision || precision != WeightPrecision.Float32)
            return Run(() => new CpuLanguageModel(new PackedDecoder(ModelPacker.Pack(_module, precision))));
        Hold();
        return this;
    }

    public override void Save(IWeightTarget target) => target.Save(Module);

    protected override void Free()
    {
        _decoder?.Dispose();
        _module.Dispose();
    }
}
