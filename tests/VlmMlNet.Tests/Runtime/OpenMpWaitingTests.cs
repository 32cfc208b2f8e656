using System.Runtime.InteropServices;
using VlmMlNet.Runtime;

namespace VlmMlNet.Tests.Runtime;

public sealed partial class OpenMpWaitingTests
{
    [Fact]
    public void Threads_wait_awake_for_a_short_time_unless_the_user_said_how_they_wait()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "GNU's OpenMP is Linux's.");
        TorchRuntime.EnsureLoaded();
        string? given = Environment.GetEnvironmentVariable(OpenMpWaiting.SpinCount), policy = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY");
        string? expected = !string.IsNullOrEmpty(given) ? given : string.IsNullOrEmpty(policy) ? OpenMpWaiting.Turns : null;
        Assert.Equal(expected, Marshal.PtrToStringUTF8(GetEnvironment(OpenMpWaiting.SpinCount)));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);
}
