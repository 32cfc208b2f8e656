using System.Collections.ObjectModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Runtime;

/// <summary>The number of libtorch threads that was set holds on every thread from its first matrix product on: other numbers give
/// other last bits on some processors. Machines with one core cannot tell.</summary>
public sealed class TorchThreadsTests
{
    [Fact]
    public void The_first_thing_that_a_thread_projects_is_computed_with_the_threads_that_were_set()
    {
        using var model = TinyModel.Create();
        OnAThreadOfItsOwn((_, count) =>
        {
            model.Network.Projector.forward(zeros([1, 4, TinyModel.Vision.HiddenSize]));
            return count();
        });
    }

    [Fact]
    public void The_first_picture_that_a_thread_encodes_is_computed_with_the_threads_that_were_set()
    {
        using var model = TinyModel.Create();
        OnAThreadOfItsOwn((watch, _) =>
        {
            model.Network.Vision.Encode(zeros([1, 3, TinyModel.Vision.ImageSize, TinyModel.Vision.ImageSize]), interpolatePositions: false, watch);
            return watch.Found;
        });
    }

    [Fact]
    public void The_first_tokens_that_a_thread_reads_are_computed_with_the_threads_that_were_set()
    {
        using var model = TinyModel.Create();
        OnAThreadOfItsOwn((watch, _) =>
        {
            model.Network.Language.Hidden(zeros([1, 2, TinyModel.Language.HiddenSize]), zeros([1, 2], ScalarType.Int64), mask: null, hiddenStates: watch);
            return watch.Found;
        });
    }

    private static void OnAThreadOfItsOwn(Func<Watch, ThreadCount, int> compute)
    {
        nint entry = 0;
        Assert.SkipUnless(NativeLibrary.TryLoad("torch_cpu", typeof(Tensor).Assembly, null, out nint library) && NativeLibrary.TryGetExport(library, "MKL_Get_Max_Threads", out entry),
            "libtorch computes without MKL here.");
        var count = Marshal.GetDelegateForFunctionPointer<ThreadCount>(entry);
        int set = get_num_threads(), found = 0;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var scope = NewDisposeScope();
                using var unrecorded = no_grad();
                found = compute(new Watch(count), count);
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
        Assert.Equal(set, found);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int ThreadCount();

    // Looks when the first layer is done: what a later one does may tell the thread as well.
    private sealed class Watch(ThreadCount count) : Collection<Tensor>
    {
        public int Found { get; private set; }

        protected override void InsertItem(int index, Tensor item)
        {
            if (index == 0)
                Found = count();
            base.InsertItem(index, item);
        }
    }
}
