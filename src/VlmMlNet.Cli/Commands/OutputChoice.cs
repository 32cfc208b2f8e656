using System.CommandLine;
using VlmMlNet.Files;

namespace VlmMlNet.Cli.Commands;

/// <summary>The one rule of everything that --out names: what is there already stays, unless --force is given.</summary>
internal static class OutputChoice
{
    public static Option<bool> Force() => new("--force") { Description = "Write to --out though it holds something: a model or file there is replaced, everything else stays." };

    /// <summary>Takes hold of a folder before the first second of work.</summary>
    /// <param name="path">What --out says.</param>
    /// <param name="force">Whether it may hold something.</param>
    /// <param name="otherwise">What else the user can do about a folder that holds something.</param>
    /// <exception cref="IOException">It cannot be written, another process writes into it, or it holds something.</exception>
    public static OutputFolder Folder(string path, bool force, string otherwise = "")
    {
        var folder = OutputFolder.Claim(path);
        if (force || folder.IsEmpty)
            return folder;
        folder.Dispose();
        throw new IOException($"{folder.Name} is not empty. Give another folder{otherwise}, or write into this one with --force.");
    }

    /// <summary>Begins a file before the first second of work; its folder is made.</summary>
    /// <param name="path">What --out says.</param>
    /// <param name="force">Whether it may exist.</param>
    /// <exception cref="IOException">It cannot be written, or exists.</exception>
    public static PendingFile File(string path, bool force)
    {
        path = Path.GetFullPath(path);
        if (Path.Exists(path) && !force)
            throw new IOException($"{path} exists. Give another file, or replace this one with --force.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new PendingFile(path);
    }
}
