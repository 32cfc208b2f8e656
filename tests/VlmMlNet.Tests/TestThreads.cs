using System.Runtime.CompilerServices;
using TorchSharp;

namespace VlmMlNet.Tests;

internal static class TestThreads
{
    // Tests run side by side: one libtorch thread for each, instead of teams that wait for each other.
    [ModuleInitializer]
    internal static void UseOne()
    {
        TorchRuntime.EnsureLoaded(); // this initializer may run before the one that the package adds
        torch.set_num_threads(1);
    }
}
