namespace VlmMlNet.Files;

/// <summary>Where a path leads when every symbolic link on the way is followed.</summary>
internal static class ResolvedPath
{
    private const int MostLinks = 40; // what Linux follows
    private static readonly StringComparison s_comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The full path without links, also where its end does not exist yet.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Of(string path)
    {
        path = Path.GetFullPath(path);
        string resolved = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Parts(path[resolved.Length..]).Reverse());
        for (int links = 0; rest.TryPop(out string? part);)
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }
            string next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }
            if (++links > MostLinks)
                throw new IOException($"{path} leads through symbolic links in a circle.");
            if (Path.IsPathRooted(target))
                resolved = Path.GetPathRoot(Path.GetFullPath(target))!;
            foreach (string step in Parts(Path.IsPathRooted(target) ? target[Path.GetPathRoot(target)!.Length..] : target).Reverse())
                rest.Push(step);
        }
        return resolved;
    }

    /// <summary>Whether two paths lead to the same place, however they are spelt.</summary>
    public static bool AreSame(string one, string other) => string.Equals(Of(one), Of(other), s_comparison);

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
