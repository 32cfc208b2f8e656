using VlmMlNet.Cpu.Kernels.Emitted;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>The arithmetic of a decoder, on one thread. All instances give the same bits.</summary>
internal abstract unsafe class KernelSet
{
    /// <summary>All that this processor runs, fastest first.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } =
        [.. new (bool IsSupported, Func<KernelSet> Create)[]
        {
            (VnniKernels.Instance is not null, () => VnniKernels.Instance!),
            (Lanes512.IsSupported, () => new KernelSet<Lanes512>()),
            (Lanes256.IsSupported, () => new KernelSet<Lanes256>()),
            (true, () => new KernelSet<LanesScalar>()),
        }.Where(k => k.IsSupported).Select(k => k.Create())];

    /// <summary>The fastest on this processor.</summary>
    public static KernelSet Best => Supported[0];

    /// <summary>Numbers of tokens that one pass over integer weights serves, largest first; the last is 1.</summary>
    public abstract IReadOnlyList<int> BlockSizes { get; }

    /// <summary>Whether bytes are multiplied as such; otherwise activations of <see cref="WeightFormat.Int8"/> are kept as shorts.</summary>
    public abstract bool HasByteProducts { get; }

    /// <summary>Stores a token's activations in the form of <paramref name="target"/>.</summary>
    /// <param name="x">[PaddedColumns], zeros behind the columns.</param>
    /// <param name="target">Prepared.</param>
    /// <param name="token">Its place there.</param>
    public void Quantize(float* x, Activations target, int token) => target.Layout.Quantize(this, x, target, token);

    /// <summary><see cref="Quantize"/> for matrices of floats.</summary>
    public static void CopyFloats(float* x, Activations target, int token) =>
        Buffer.MemoryCopy(x, target.Data + (long)token * target.TokenBytes, target.TokenBytes, target.TokenBytes);

    /// <summary><see cref="Quantize"/> for <see cref="WeightFormat.CompactBFloat16"/>.</summary>
    public abstract void ScaleFloats(float* x, Activations target, int token);

    /// <summary><see cref="Quantize"/> for <see cref="WeightFormat.Int8"/>.</summary>
    public abstract void QuantizeInt8(float* x, Activations target, int token);

    /// <summary><see cref="Quantize"/> for <see cref="WeightFormat.Int4"/>.</summary>
    public abstract void QuantizeInt4(float* x, Activations target, int token);

    /// <summary>y = W x for the rows of some tiles and for all tokens.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="x">Activations in its format.</param>
    /// <param name="firstTile">First tile.</param>
    /// <param name="endTile">Behind the last tile.</param>
    /// <param name="y">[tokens, stride]; rows to whole tiles are written.</param>
    /// <param name="stride">At least the rows of all tiles.</param>
    public void Multiply(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        weights.Layout.Multiply(this, weights, x, firstTile, endTile, y, stride);

    /// <summary><see cref="Multiply"/> for <see cref="WeightFormat.Float32"/>.</summary>
    public abstract void MultiplyFloat32(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);

    /// <summary><see cref="Multiply"/> for <see cref="WeightFormat.BFloat16"/>.</summary>
    public abstract void MultiplyBFloat16(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);

    /// <summary><see cref="Multiply"/> for <see cref="WeightFormat.CompactBFloat16"/>.</summary>
    public abstract void MultiplyCompact(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);

    /// <summary><see cref="Multiply"/> for <see cref="WeightFormat.Int8"/>.</summary>
    public abstract void MultiplyInt8(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);

    /// <summary><see cref="Multiply"/> for <see cref="WeightFormat.Int4"/>.</summary>
    public abstract void MultiplyInt4(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);

    /// <summary>Root-mean-square norm.</summary>
    /// <param name="x">[padded to 16], zeros behind the width.</param>
    /// <param name="weight">[padded to 16].</param>
    /// <param name="width">Numbers that count.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="y">[padded to 16].</param>
    public abstract void Normalize(float* x, float* weight, int width, float epsilon, float* y);

    /// <summary>Layer norm.</summary>
    /// <param name="x">[padded to 16].</param>
    /// <param name="weight">[padded to 16], zeros behind the width.</param>
    /// <param name="bias">[padded to 16], zeros behind the width.</param>
    /// <param name="width">Numbers that count.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">[padded to 16].</param>
    public abstract void LayerNorm(float* x, float* weight, float* bias, int width, float epsilon, float* y);

    /// <summary>An activation in place.</summary>
    /// <param name="name">As in config.json.</param>
    /// <param name="x">[count], a multiple of 16.</param>
    /// <param name="count">Numbers.</param>
    public abstract void Activate(string name, float* x, int count);

    /// <summary>x += y.</summary>
    /// <param name="x">[count], a multiple of 16.</param>
    /// <param name="y">[count].</param>
    /// <param name="count">Numbers.</param>
    public abstract void AddTo(float* x, float* y, int count);

    /// <summary>gate = silu(gate) * up.</summary>
    /// <param name="gate">[count], a multiple of 16.</param>
    /// <param name="up">[count].</param>
    /// <param name="count">Numbers.</param>
    public abstract void Gate(float* gate, float* up, int count);

    /// <summary>The largest of some numbers.</summary>
    public abstract float Largest(float* x, int count);

    /// <summary>Query heads that attend together at most.</summary>
    public const int HeadsAtOnce = 4;

    /// <summary>Attention of some query heads of a token that share keys and values.</summary>
    /// <param name="q">Rotated queries, [heads, headSize].</param>
    /// <param name="heads">Query heads, 1 to <see cref="HeadsAtOnce"/>.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="format">Of keys and values: <see cref="WeightFormat.Float32"/> or <see cref="WeightFormat.BFloat16"/>.</param>
    /// <param name="keys">As <see cref="SlotMemory"/> lays them out.</param>
    /// <param name="values">As <see cref="SlotMemory"/> lays them out.</param>
    /// <param name="count">Tokens that the query sees.</param>
    /// <param name="scratch">[heads, count to whole blocks of 16] and [heads, paddedHeadSize].</param>
    /// <param name="y">[heads, headSize].</param>
    public abstract void Attend(float* q, int heads, int headSize, WeightFormat format, void* keys, void* values, int count, float* scratch, float* y);
}
