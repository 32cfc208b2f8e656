using System.Runtime.InteropServices;

namespace VlmMlNet.Files;

/// <summary>Brings what was written to the disk itself: a renaming may be there before the content of the file, so that a
/// failing power supply would leave an empty file where a whole one had been.</summary>
internal static partial class Durable
{
    private const int ReadOnly = 0;

    /// <summary>All files of a folder, and their names.</summary>
    public static void FlushAll(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
        FlushNames(folder);
    }

    /// <summary>The names in a folder. What cannot do that (some network file systems, Windows) does it by itself or not at all.</summary>
    public static void FlushNames(string folder)
    {
        if (OperatingSystem.IsWindows() || Open(folder, ReadOnly) is var descriptor && descriptor < 0)
            return;
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
