using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Models;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>The activations that <see cref="Activation"/> names, each as x times a number from 0 to 1.</summary>
internal static unsafe class ActivationKernel<TLanes> where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Applies one in place.</summary>
    /// <param name="name">Its name in config.json.</param>
    /// <param name="x">[count], a multiple of 16.</param>
    /// <param name="count">Numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(string name, float* x, int count)
    {
        switch (name)
        {
            case Activation.Gelu:
                for (int i = 0; i < count; i += ILanes<TLanes>.Count)
                    TLanes.Store(Gelu(TLanes.Load(x + i)), x + i);
                break;
            case Activation.Silu:
                for (int i = 0; i < count; i += ILanes<TLanes>.Count)
                    TLanes.Store(TimesSigmoid(TLanes.Load(x + i), TLanes.Load(x + i)), x + i);
                break;
            case Activation.QuickGelu:
                for (int i = 0; i < count; i += ILanes<TLanes>.Count)
                    TLanes.Store(TimesSigmoid(TLanes.Load(x + i), TLanes.Multiply(TLanes.Load(x + i), TLanes.Broadcast(1.702f))), x + i);
                break;
            case Activation.Relu:
                for (int i = 0; i < count; i += ILanes<TLanes>.Count)
                    TLanes.Store(TLanes.Max(TLanes.Load(x + i), TLanes.Zero), x + i);
                break;
            default:
                for (int i = 0; i < count; i += ILanes<TLanes>.Count)
                    TLanes.Store(GeluTanh(TLanes.Load(x + i)), x + i);
                break;
        }
    }

    // x (1 + tanh u) / 2 = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes GeluTanh(TLanes x)
    {
        const float Twice = 1.5957691216f; // 2 sqrt(2 / pi)
        var inner = TLanes.Fused(TLanes.Multiply(x, x), TLanes.Broadcast(0.044715f * Twice), TLanes.Broadcast(Twice));
        return TimesSigmoid(x, TLanes.Multiply(x, inner));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes TimesSigmoid(TLanes x, TLanes u) =>
        TLanes.Divide(x, TLanes.Add(TLanes.Broadcast(1f), LaneMath<TLanes>.Exp(TLanes.Subtract(TLanes.Zero, u))));

    // x (1 + erf(x / sqrt 2)) / 2, erf by Abramowitz and Stegun's 7.1.26, within 1.5e-7: with z = |x| / sqrt 2, t = 1 / (1 + p z)
    // and q = (a1 t + ... + a5 t^5) e^(-z²) / 2, the factor is 1 - q for positive x and q for negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Gelu(TLanes x)
    {
        var one = TLanes.Broadcast(1f);
        var z = TLanes.Multiply(TLanes.Abs(x), TLanes.Broadcast(0.70710678f));
        var t = TLanes.Divide(one, TLanes.Fused(z, TLanes.Broadcast(0.3275911f), one));
        var sum = TLanes.Broadcast(0.5f * 1.061405429f);
        sum = TLanes.Fused(sum, t, TLanes.Broadcast(0.5f * -1.453152027f));
        sum = TLanes.Fused(sum, t, TLanes.Broadcast(0.5f * 1.421413741f));
        sum = TLanes.Fused(sum, t, TLanes.Broadcast(0.5f * -0.284496736f));
        sum = TLanes.Fused(sum, t, TLanes.Broadcast(0.5f * 0.254829592f));
        var tail = TLanes.Multiply(TLanes.Multiply(sum, t), LaneMath<TLanes>.Exp(TLanes.Subtract(TLanes.Zero, TLanes.Multiply(z, z))));
        // max(x, 0) - |x| q is both cases at once.
        return TLanes.Subtract(TLanes.Max(x, TLanes.Zero), TLanes.Multiply(TLanes.Abs(x), tail));
    }
}
