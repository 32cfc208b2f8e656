using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

internal static class TensorAssert
{
    /// <summary>Every element within the tolerance; optionally plus a part of the expected magnitude.</summary>
    public static void Near(Tensor expected, Tensor actual, double tolerance, double relative = 0)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var wanted = expected.to(ScalarType.Float64);
        var excess = ((actual.detach().to(ScalarType.Float64) - wanted).abs() - relative * wanted.abs()).max().item<double>();
        Assert.True(excess <= tolerance, $"differs by {excess}, more than {tolerance}");
    }

    public static bool BitEqual(Tensor a, Tensor b) => a.shape.SequenceEqual(b.shape) && a.dtype == b.dtype && a.cpu().contiguous().bytes.SequenceEqual(b.cpu().contiguous().bytes);
}
