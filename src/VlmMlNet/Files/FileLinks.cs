using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VlmMlNet.Files;

/// <summary>Tells whether an open file still has a name.</summary>
internal static unsafe partial class FileLinks
{
    // Linux: AT_EMPTY_PATH, STATX_NLINK and the place of stx_nlink in struct statx, the same on all processors.
    private const int OfTheHandle = 0x1000, NamesOffset = 16, StatxBytes = 256;
    private const uint WantNames = 4;

    /// <summary>Whether an open file is in a folder still. It is not when it was removed, though another may have its name by now.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="path">Its name, for systems that tell no more than whether there is such a file.</param>
    public static bool Exist(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.Exists(path);
        byte* status = stackalloc byte[StatxBytes];
        try
        {
            return Status(file, "", OfTheHandle, WantNames, status) == 0 ? *(uint*)(status + NamesOffset) > 0 : File.Exists(path);
        }
        catch (EntryPointNotFoundException)
        {
            return File.Exists(path); // a C library of before 2018
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle file, string path, int flags, uint wanted, byte* status);
}
