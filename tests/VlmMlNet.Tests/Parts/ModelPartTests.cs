using VlmMlNet.Parts;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Parts;

public sealed class ModelPartTests
{
    private sealed class Counted : ModelPart
    {
        public int Disposals { get; private set; }

        public override WeightPrecision? ReducedPrecision => null;

        public override ScalarType WeightType => ScalarType.Float32;

        public override Device Device => CPU;

        public override long ParameterCount => 0;

        public override void Save(IWeightTarget target) => throw new NotSupportedException();

        protected override void Free() => Disposals++;
    }

    [Fact]
    public async Task Passes_of_two_threads_take_turns()
    {
        var shared = new Counted();
        using var entered = new ManualResetEventSlim();
        using var other = new ManualResetEventSlim();
        bool overlapped = false;
        var first = Task.Run(() => shared.Run(() =>
        {
            entered.Set();
            return overlapped = other.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        }), TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        var second = Task.Run(() => shared.Run(() =>
        {
            other.Set();
            return true;
        }), TestContext.Current.CancellationToken);
        await Task.WhenAll(first, second);
        Assert.False(overlapped);
        shared.Release();
    }

    [Fact]
    public async Task A_module_is_not_freed_in_the_middle_of_a_pass()
    {
        var shared = new Counted();
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        int freedDuringPass = -1;
        var pass = Task.Run(() => shared.Run(() =>
        {
            entered.Set();
            released.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
            return freedDuringPass = shared.Disposals;
        }), TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        var release = Task.Run(() =>
        {
            shared.Release();
            released.Set();
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(pass, release);
        Assert.Equal((0, 1), (freedDuringPass, shared.Disposals));
    }

    [Fact]
    public void The_last_holder_frees_the_module_and_nobody_runs_or_holds_it_afterwards()
    {
        var shared = new Counted();
        shared.Hold();
        shared.Release();
        Assert.Equal(0, shared.Disposals);
        Assert.Equal(0, shared.Run(() => shared.Disposals));
        shared.Release();
        Assert.Equal(1, shared.Disposals);
        Assert.Throws<ObjectDisposedException>(() => shared.Run(() => shared.Disposals));
        Assert.Throws<ObjectDisposedException>(shared.Hold);
        using var module = TinyModel.Create(1);
        var part = module.VisionPart;
        module.Dispose();
        Assert.Throws<ObjectDisposedException>(() => part.Module);
    }
}
