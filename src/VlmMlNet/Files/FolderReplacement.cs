namespace VlmMlNet.Files;

/// <summary>Replaces files of a folder together: all of them are new or none. The folder itself is never renamed, so that it may
/// be a mounted disk, or the parent may not be writable.</summary>
/// <remarks>The new files are written into a folder within it and brought to the disk; that folder's second name says that they
/// are complete. Then they take their places. Whoever finds a complete one, because a process was killed between two renamings,
/// goes on with that.</remarks>
/// <param name="output">The folder.</param>
internal sealed class FolderReplacement(OutputFolder output)
{
    private const string WrittenName = ".vlm-saving", CompleteName = ".vlm-saved", ReplacedName = ".vlm-replaced", ObsoleteName = ".obsolete";
    private const int MostTries = 40;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Renames a file or folder. Default that of the system.</summary>
    internal Action<string, string> Move { get; init; } = Directory.Move; // files too

    /// <summary>Writes the files.</summary>
    /// <param name="write">Fills the folder that it is given.</param>
    /// <param name="obsolete">Names of files that are removed where they are not written anew. All others stay.</param>
    /// <param name="last">The file that takes its place after all others, so that the whole is found only when it is there.</param>
    /// <exception cref="IOException">A file cannot be written. Nothing is changed then.</exception>
    public void Write(Action<string> write, IReadOnlyCollection<string> obsolete, string last)
    {
        string written = Path.Combine(output.FullPath, WrittenName), complete = Path.Combine(output.FullPath, CompleteName);
        try
        {
            Directory.CreateDirectory(written);
            write(written);
            File.WriteAllLines(Path.Combine(written, ObsoleteName), [last, .. obsolete.Where(name => !File.Exists(Path.Combine(written, name)))]);
            Durable.FlushAll(written);
            Directory.Move(written, complete);
        }
        catch
        {
            if (Directory.Exists(written))
                Directory.Delete(written, recursive: true);
            throw;
        }
        Durable.FlushNames(output.FullPath);
        Finish(complete, canUndo: true);
    }

    /// <summary>Completes or removes what a process that was killed has left.</summary>
    /// <param name="output">The folder.</param>
    public static void Recover(OutputFolder output)
    {
        string complete = Path.Combine(output.FullPath, CompleteName);
        if (Directory.Exists(complete))
            new FolderReplacement(output).Finish(complete, canUndo: false); // what has moved before is not known any more
        foreach (string name in (string[])[WrittenName, ReplacedName])
            if (Path.Combine(output.FullPath, name) is var left && Directory.Exists(left))
                Directory.Delete(left, recursive: true);
    }

    /// <summary>Takes a whole folder that lies beside the output as its content.</summary>
    public static void Adopt(OutputFolder output, string complete)
    {
        Directory.Move(complete, Path.Combine(output.FullPath, CompleteName));
        Recover(output);
    }

    /// <summary>Completes a folder whose files are about to be read. While another process saves there, that is waited for.</summary>
    /// <param name="folder">The folder; may be absent.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Complete(string folder)
    {
        for (int tries = 0; IsInterrupted(folder); tries++)
        {
            try
            {
                OutputFolder.Claim(folder).Dispose();
            }
            catch (IOException e)
            {
                if (tries == MostTries)
                    throw new IOException($"{folder}: saving it was interrupted, and it cannot be completed: {e.Message}", e);
                Thread.Sleep(s_pause);
            }
        }
    }

    private static bool IsInterrupted(string folder) => Directory.Exists(Path.Combine(folder, CompleteName));

    private void Finish(string complete, bool canUndo)
    {
        string list = Path.Combine(complete, ObsoleteName), replaced = Path.Combine(output.FullPath, ReplacedName);
        string[] names = File.Exists(list) ? File.ReadAllLines(list) : [];
        var moved = new Stack<(string From, string To)>();
        try
        {
            Directory.CreateDirectory(replaced);
            foreach (string name in names.Skip(1))
                Replace(name);
            foreach (string name in Directory.EnumerateFileSystemEntries(complete).Select(entry => Path.GetFileName(entry)!).Where(name => name != ObsoleteName).OrderBy(name => name == names.FirstOrDefault()).ToList())
            {
                Replace(name);
                MoveRemembered(Path.Combine(complete, name), Path.Combine(output.FullPath, name));
            }
        }
        catch when (canUndo)
        {
            while (moved.TryPop(out var move))
                Directory.Move(move.To, move.From);
            Directory.Delete(complete, recursive: true);
            Directory.Delete(replaced, recursive: true);
            throw;
        }
        Durable.FlushNames(output.FullPath);
        Directory.Delete(complete, recursive: true);
        Directory.Delete(replaced, recursive: true);

        void Replace(string name)
        {
            if (Path.Combine(output.FullPath, name) is var old && Path.Exists(old))
                MoveRemembered(old, Path.Combine(replaced, name));
        }

        void MoveRemembered(string from, string to)
        {
            Move(from, to);
            moved.Push((from, to));
        }
    }
}
