using VlmMlNet.Parts;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Parts;

public sealed class SharedModuleTests
{
    private sealed class Counted() : nn.Module(nameof(Counted))
    {
        public int Disposals { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            base.Dispose(disposing);
        }
    }

    [Fact]
    public async Task Passes_of_two_threads_take_turns()
    {
        using var module = new Counted();
        var shared = new SharedModule<Counted>(module);
        using var entered = new ManualResetEventSlim();
        using var other = new ManualResetEventSlim();
        bool overlapped = false;
        var first = Task.Run(() => shared.Run(_ =>
        {
            entered.Set();
            return overlapped = other.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        }), TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        var second = Task.Run(() => shared.Run(_ =>
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
        using var module = new Counted();
        var shared = new SharedModule<Counted>(module);
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        int freedDuringPass = -1;
        var pass = Task.Run(() => shared.Run(m =>
        {
            entered.Set();
            released.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
            return freedDuringPass = m.Disposals;
        }), TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        var release = Task.Run(() =>
        {
            shared.Release();
            released.Set();
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(pass, release);
        Assert.Equal((0, 1), (freedDuringPass, module.Disposals));
    }

    [Fact]
    public void The_last_holder_frees_the_module_and_nobody_runs_or_holds_it_afterwards()
    {
        using var module = new Counted();
        var shared = new SharedModule<Counted>(module);
        shared.Hold();
        shared.Release();
        Assert.Equal(0, module.Disposals);
        Assert.Equal(0, shared.Run(m => m.Disposals));
        shared.Release();
        Assert.Equal(1, module.Disposals);
        Assert.Throws<ObjectDisposedException>(() => shared.Run(m => m.Disposals));
        Assert.Throws<ObjectDisposedException>(shared.Hold);
        Assert.Throws<ObjectDisposedException>(() => shared.Module);
    }
}
