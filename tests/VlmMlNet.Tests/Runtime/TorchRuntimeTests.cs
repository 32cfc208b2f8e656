using TorchSharp;

namespace VlmMlNet.Tests.Runtime;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_computes_after_the_runtime_is_loaded()
    {
        TorchRuntime.EnsureLoaded();
        using var ones = torch.ones(3);
        using var sum = ones.sum();
        Assert.Equal(3f, sum.item<float>());
    }
}
