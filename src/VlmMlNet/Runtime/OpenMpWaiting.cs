using System.Runtime.InteropServices;

namespace VlmMlNet.Runtime;

/// <summary>How long libtorch's threads wait for each other awake.</summary>
/// <remarks>
/// GNU's OpenMP, to which they belong on Linux, lets a thread that waits spin some 300,000 times before it sleeps. Where
/// another process wants the core, that is the time in which the thread that is waited for could have worked: steps of a small model
/// then take five to ten times as long with two threads as with one. Threads that sleep at once cost an idle machine half its speed.
/// 2,000 turns, some tens of microseconds, bridge the gaps between the operations of a step and little more. The library reads the
/// variable once, when it is loaded, from the C environment, which .NET's <see cref="Environment"/> does not reach.
/// </remarks>
internal static partial class OpenMpWaiting
{
    public const string SpinCount = "GOMP_SPINCOUNT", Turns = "2000";
    private static readonly string[] s_users = [SpinCount, "OMP_WAIT_POLICY"];

    /// <summary>Sets the number of turns, unless the user said how threads wait. To be called before libtorch is loaded.</summary>
    public static void Shorten()
    {
        if (OperatingSystem.IsLinux() && Array.TrueForAll(s_users, name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))))
            _ = SetEnvironment(SpinCount, Turns, 0); // a failure costs speed only
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
