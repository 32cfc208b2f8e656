using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Weight_decay_is_for_matrices_alone()
    {
        using var scope = NewDisposeScope();
        using TorchSharp.Modules.Parameter matrix = nn.Parameter(full(2, 3, 2f)), bias = nn.Parameter(full(3, 2f));
        using var optimizer = new AdamW(0.9, 0.999, 1e-8, weightDecay: 0.5);
        optimizer.AddGroup("", [("matrix", matrix), ("bias", bias)], peakRate: 0.1);
        // Without a gradient nothing else moves them.
        (matrix.grad, bias.grad) = (zeros_like(matrix), zeros_like(bias));
        optimizer.Step(rateFactor: 0.5);
        Assert.All(matrix.data<float>(), value => Assert.Equal(2 * (1 - 0.1 * 0.5 * 0.5), value, 1e-6));
        Assert.All(bias.data<float>(), value => Assert.Equal(2f, value));
    }
}
