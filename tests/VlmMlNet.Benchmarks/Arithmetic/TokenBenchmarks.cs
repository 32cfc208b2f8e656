using BenchmarkDotNet.Attributes;
using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>What is done to a token between the products, at the widths of Qwen2.5-0.5B: norm, gate of the MLP, attention of four
/// heads over a prompt, the largest logit.</summary>
public unsafe class TokenBenchmarks
{
    private const int Width = 896, Middle = 4864, HeadSize = 64, Vocabulary = 151936;
    private KernelSet _kernels = null!;
    private NativeBuffer _a = null!, _b = null!, _keys = null!, _values = null!, _scratch = null!, _logits = null!;

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    /// <summary>Tokens that attention sees.</summary>
    [Params(300)]
    public int Seen { get; set; }

    /// <summary>What the parameters may be.</summary>
    public static IEnumerable<string> Variants => KernelChoice.Names;

    [GlobalSetup]
    public void Prepare()
    {
        _kernels = KernelChoice.Find(Variant);
        int seen = (Seen + 15) / 16 * 16;
        (_a, _b) = (Floats(Middle), Floats(Middle));
        (_keys, _values) = (Floats(seen * HeadSize), Floats(seen * HeadSize));
        _scratch = Floats(KernelSet.HeadsAtOnce * (seen + HeadSize));
        _logits = Floats(Vocabulary);
    }

    [Benchmark]
    public void Normalize() => _kernels.Normalize((float*)_a.Data, (float*)_b.Data, Width, 1e-6f, (float*)_scratch.Data);

    [Benchmark]
    public void Gate() => _kernels.Gate((float*)_a.Data, (float*)_b.Data, Middle);

    [Benchmark]
    public void Attend() => _kernels.Attend((float*)_a.Data, KernelSet.HeadsAtOnce, HeadSize, WeightFormat.BFloat16, _keys.Data, _values.Data, Seen, (float*)_scratch.Data, (float*)_b.Data);

    [Benchmark]
    public float Largest() => _kernels.Largest((float*)_logits.Data, Vocabulary);

    [GlobalCleanup]
    public void Free()
    {
        foreach (var buffer in new[] { _a, _b, _keys, _values, _scratch, _logits })
            buffer.Dispose();
    }

    private static NativeBuffer Floats(int count)
    {
        var buffer = new NativeBuffer((long)count * sizeof(float));
        for (int i = 0; i < count; i++)
            ((float*)buffer.Data)[i] = MathF.Sin(i);
        return buffer;
    }
}
