namespace VlmMlNet.Weights;

/// <summary>Writes a folder that appears under its name only when it is complete.</summary>
internal static class FolderReplacement
{
    /// <summary>Fills a folder beside the final place and renames it. Whatever fails, the temporary one is removed and an old one stays.</summary>
    /// <param name="folder">The folder, as a full path.</param>
    /// <param name="mayReplace">Whether an existing folder that is not empty may be replaced. Files of it that the new one lacks move over.</param>
    /// <param name="write">Fills the temporary folder that it is given.</param>
    public static void Write(string folder, Func<string, bool> mayReplace, Action<string> write)
    {
        if (File.Exists(folder))
            throw new IOException($"{folder} is a file. Give the name of a folder.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !mayReplace(folder))
            throw new IOException($"{folder} exists and holds something other than a saved model. Give another folder, or empty this one.");
        string temporary = $"{folder}.tmp-{Path.GetRandomFileName()}", old = $"{folder}.old-{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(temporary);
            write(temporary);
            if (Directory.Exists(folder))
                Directory.Move(folder, old);
            Directory.Move(temporary, folder);
        }
        catch
        {
            if (Directory.Exists(old) && !Directory.Exists(folder))
                Directory.Move(old, folder);
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
        if (!Directory.Exists(old))
            return;
        foreach (string entry in Directory.EnumerateFileSystemEntries(old))
        {
            string target = Path.Combine(folder, Path.GetFileName(entry));
            if (!Path.Exists(target))
                Directory.Move(entry, target); // files too
        }
        Directory.Delete(old, recursive: true);
    }
}
