using System.Runtime.InteropServices;

namespace VlmMlNet.Files;

/// <summary>Tells regular files from pipes and devices, which may have no end, keep whoever opens them waiting, or be another
/// thing at the second reading.</summary>
internal static unsafe partial class RegularFile
{
    // Linux: AT_FDCWD, STATX_TYPE, the place of stx_mode in struct statx (the same on all processors) and the kinds in it.
    private const int CurrentFolder = -100, FollowLinks = 0, ModeOffset = 28, StatxBytes = 256, KindMask = 0xF000;
    private const uint WantKind = 1;
    private const int Pipe = 0x1000, CharacterDevice = 0x2000, BlockDevice = 0x6000, Socket = 0xC000;

    /// <summary>Throws where a path, or what it links to, is a pipe, a device or a socket. It is not opened for that. Folders and
    /// missing files are left to whoever opens them.</summary>
    /// <exception cref="MalformedInputException">It is none that can be read from front to back again and again.</exception>
    public static void Check(string path)
    {
        if (KindOf(path) is { } kind)
            throw new MalformedInputException(path, $"it is {kind}, not a regular file", "Save the content as a file, and give that.");
    }

    /// <summary>What a path leads to where that is a pipe, a device or a socket; null for everything else.</summary>
    public static string? KindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        byte* status = stackalloc byte[StatxBytes];
        try
        {
            if (Status(CurrentFolder, path, FollowLinks, WantKind, status) != 0)
                return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library of before 2018
        }
        return (*(ushort*)(status + ModeOffset) & KindMask) switch
        {
            Pipe => "a pipe",
            CharacterDevice or BlockDevice => "a device",
            Socket => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, byte* status);
}
