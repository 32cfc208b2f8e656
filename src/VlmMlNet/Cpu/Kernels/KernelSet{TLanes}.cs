using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>The arithmetic over one kind of lanes.</summary>
internal unsafe class KernelSet<TLanes> : KernelSet where TLanes : struct, ILanes<TLanes>
{
    private const int Lanes = ILanes<TLanes>.Count;

    private static readonly int[] s_blockSizes = [.. new[] { 8, 4, 2, 1 }.Where(s => s <= TLanes.TokensPerBlock)];

    public override IReadOnlyList<int> BlockSizes => s_blockSizes;

    public override bool HasByteProducts => false;

    public override void MultiplyFloat32(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        FloatKernel<TLanes, Float32Weights<TLanes>>.Multiply(weights, x, firstTile, endTile, y, stride);

    public override void MultiplyBFloat16(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        FloatKernel<TLanes, BFloat16Weights<TLanes>>.Multiply(weights, x, firstTile, endTile, y, stride);

    public override void MultiplyCompact(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        CompactKernel<TLanes>.Multiply(weights, x, firstTile, endTile, y, stride);

    public override void MultiplyInt8(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        Int8Kernel<TLanes>.Multiply(weights, x, firstTile, endTile, y, stride);

    public override void MultiplyInt4(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        Int4Kernel<TLanes>.Multiply(weights, x, firstTile, endTile, y, stride);

    public override void ScaleFloats(float* x, Activations target, int token) =>
        CompactKernel<TLanes>.Scale(x, (float*)(target.Data + (long)token * target.TokenBytes), target.PaddedColumns);

    public override void QuantizeInt8(float* x, Activations target, int token)
    {
        var (first, size) = target.BlockOf(token);
        Int8Kernel<TLanes>.Quantize(x, target, first, size, token - first);
    }

    public override void QuantizeInt4(float* x, Activations target, int token)
    {
        var (first, size) = target.BlockOf(token);
        Int4Kernel<TLanes>.Quantize(x, target, first, size, token - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Normalize(float* x, float* weight, int width, float epsilon, float* y)
    {
        var squares = TLanes.Zero;
        for (int i = 0; i < width; i += Lanes)
        {
            var v = TLanes.Load(x + i);
            squares = TLanes.Fused(v, v, squares);
        }
        var scale = TLanes.Broadcast(1 / MathF.Sqrt(TLanes.Sum(squares) / width + epsilon));
        for (int i = 0; i < width; i += Lanes)
            TLanes.Store(TLanes.Multiply(TLanes.Load(weight + i), TLanes.Multiply(TLanes.Load(x + i), scale)), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LayerNorm(float* x, float* weight, float* bias, int width, float epsilon, float* y)
    {
        int whole = width / Lanes * Lanes, i;
        var sums = TLanes.Zero;
        for (i = 0; i < whole; i += Lanes)
            sums = TLanes.Add(sums, TLanes.Load(x + i));
        float sum = TLanes.Sum(sums);
        for (; i < width; i++)
            sum += x[i];
        float mean = sum / width;
        var center = TLanes.Broadcast(mean);
        var squares = TLanes.Zero;
        for (i = 0; i < whole; i += Lanes)
        {
            var v = TLanes.Subtract(TLanes.Load(x + i), center);
            squares = TLanes.Fused(v, v, squares);
        }
        float square = TLanes.Sum(squares);
        for (; i < width; i++)
            square += (x[i] - mean) * (x[i] - mean);
        var scale = TLanes.Broadcast(1 / MathF.Sqrt(square / width + epsilon));
        for (i = 0; i < width; i += Lanes)
            TLanes.Store(TLanes.Fused(TLanes.Multiply(TLanes.Subtract(TLanes.Load(x + i), center), scale), TLanes.Load(weight + i), TLanes.Load(bias + i)), y + i);
    }

    public override void Activate(string name, float* x, int count) => ActivationKernel<TLanes>.Apply(name, x, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddTo(float* x, float* y, int count)
    {
        for (int i = 0; i < count; i += Lanes)
            TLanes.Store(TLanes.Add(TLanes.Load(x + i), TLanes.Load(y + i)), x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gate(float* gate, float* up, int count)
    {
        var one = TLanes.Broadcast(1f);
        for (int i = 0; i < count; i += Lanes)
        {
            var g = TLanes.Load(gate + i);
            var silu = TLanes.Divide(g, TLanes.Add(one, LaneMath<TLanes>.Exp(TLanes.Subtract(TLanes.Zero, g))));
            TLanes.Store(TLanes.Multiply(silu, TLanes.Load(up + i)), gate + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Largest(float* x, int count)
    {
        var lanes = TLanes.Broadcast(float.MinValue);
        int i = 0;
        for (; i + Lanes <= count; i += Lanes)
            lanes = TLanes.Max(TLanes.Load(x + i), lanes);
        float largest = TLanes.Largest(lanes);
        for (; i < count; i++)
            largest = Math.Max(largest, x[i]);
        return largest;
    }

    public override void Attend(float* q, int heads, int headSize, WeightFormat format, void* keys, void* values, int count, float* scratch, float* y)
    {
        if (format == WeightFormat.Float32)
            AttentionKernel<TLanes, Float32Weights<TLanes>>.Attend(q, heads, headSize, (byte*)keys, (byte*)values, count, scratch, y);
        else
            AttentionKernel<TLanes, BFloat16Weights<TLanes>>.Attend(q, heads, headSize, (byte*)keys, (byte*)values, count, scratch, y);
    }
}
