namespace VlmMlNet.Weights;

/// <summary>Writes a file that appears under its name only when it is complete.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the final place and renames. Whatever fails, the temporary file is removed and an old file stays.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <param name="length">Its length: asking for all the space first turns a full disk into an error now instead of after gigabytes.</param>
    /// <param name="write">Writes the content; unbuffered, so in large pieces.</param>
    public static void Write(string path, long length, Action<Stream> write)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new DirectoryNotFoundException($"There is no folder {Path.GetDirectoryName(path)} to write {Path.GetFileName(path)} to.");
        string temporary = $"{path}.tmp-{Path.GetRandomFileName()}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = length };
            using (var stream = new FileStream(temporary, options))
                write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(temporary); // nothing happens where it was not created
            if (e is IOException or UnauthorizedAccessException)
                throw new IOException($"{path}: {length} bytes could not be written: {e.Message.Replace(temporary, path, StringComparison.Ordinal)}", e);
            throw;
        }
    }
}
