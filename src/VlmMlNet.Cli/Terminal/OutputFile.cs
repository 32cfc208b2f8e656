using VlmMlNet.Files;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Checks files that a command writes, before the first second of its work.</summary>
internal static class OutputFile
{
    /// <summary>Checks that a file is none of those that the command reads or writes besides.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="others">The others; null for none.</param>
    /// <exception cref="UsageException">It is one of them.</exception>
    public static void Check(string option, string? path, params ReadOnlySpan<string?> others)
    {
        foreach (string? other in others)
        {
            if (path is not null && other is not null && ResolvedPath.AreSame(path, other))
                throw new UsageException($"{option} {path} is a file that the command line names twice: it would be written over. Give another one.");
        }
    }
}
