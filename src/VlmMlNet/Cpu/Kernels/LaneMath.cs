using System.Runtime.CompilerServices;
using VlmMlNet.Cpu.Kernels.Lanes;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>Functions that processors do not have.</summary>
internal static class LaneMath<TLanes> where TLanes : struct, ILanes<TLanes>
{
    // ln 2 in two parts: the first has few bits, so that its products with whole numbers are exact.
    private const float Log2OfE = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>e to the power of x, within 2 units in the last place; inputs beyond ±87 count as ±87.</summary>
    /// <remarks>x = n ln 2 + r with |r| ≤ ln 2 / 2; the Taylor series of e^r to the seventh power errs by less than 6e-9.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp(TLanes x)
    {
        x = TLanes.Max(TLanes.Min(x, TLanes.Broadcast(87f)), TLanes.Broadcast(-87f));
        var n = TLanes.ToInt(TLanes.Multiply(x, TLanes.Broadcast(Log2OfE)));
        var whole = TLanes.ToFloat(n);
        var r = TLanes.Fused(whole, TLanes.Broadcast(-Ln2Low), TLanes.Fused(whole, TLanes.Broadcast(-Ln2High), x));
        var sum = TLanes.Broadcast(1 / 5040f);
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1 / 720f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1 / 120f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1 / 24f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1 / 6f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1 / 2f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1f));
        sum = TLanes.Fused(sum, r, TLanes.Broadcast(1f));
        return TLanes.Multiply(sum, TLanes.PowerOfTwo(n));
    }
}
