using VlmMlNet.Files;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Checks files that a command writes, before the first second of its work.</summary>
internal static class OutputFile
{
    // Names that promise something else than what is written.
    private static readonly string[] s_kinds =
    [
        ".bmp", ".csv", ".doc", ".docx", ".gif", ".htm", ".html", ".jpeg", ".jpg", ".json", ".jsonl", ".md", ".parquet", ".pdf", ".png", ".svg", ".tsv", ".txt", ".webp", ".xls",
        ".xlsx", ".xml", ".yaml", ".yml", ".zip",
    ];

    /// <summary>Checks that a file's name promises nothing else than what is written into it.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="kind">What is written, such as HTML.</param>
    /// <param name="extensions">The extensions of that.</param>
    /// <exception cref="UsageException">It has the extension of something else.</exception>
    public static void CheckKind(string option, string? path, string kind, params ReadOnlySpan<string> extensions)
    {
        string extension = Path.GetExtension(path ?? "").ToLowerInvariant();
        if (s_kinds.Contains(extension) && !extensions.Contains(extension))
            throw new UsageException($"{option} {path}: {kind} is written, whatever the name says. Give a name that ends in {extensions[0]}.");
    }

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
