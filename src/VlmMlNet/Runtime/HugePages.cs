using System.Runtime.InteropServices;

namespace VlmMlNet.Runtime;

/// <summary>Large pages of memory, from which a processor reads gigabytes a tenth faster than from small ones.</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a page.</summary>
    public const int Length = 2 << 20;

    private const int AdviseHugePages = 14; // Linux: MADV_HUGEPAGE

    /// <summary>Asks the system for them where memory is large enough. Of a file that means pages which are not in the system's cache yet.
    /// Where it is refused, small pages serve.</summary>
    public static void Ask(void* memory, long length)
    {
        if (length >= 2 * Length && OperatingSystem.IsLinux())
            _ = Advise(memory, (nuint)length, AdviseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
