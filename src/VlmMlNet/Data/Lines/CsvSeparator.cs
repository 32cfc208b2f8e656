using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Lines;

/// <summary>What stands between the fields of a delimited text, told by its head.</summary>
internal static class CsvSeparator
{
    private static readonly char[] s_usual = [',', ';', '\t', '|'];

    /// <summary>The separator that the file says in a line before its head, or under which the head has the columns that are looked for; null
    /// where it is neither.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isHead">Whether a head has these columns.</param>
    public static char? Find(string path, Func<CsvHead, bool> isHead)
    {
        (byte[] line, char? said) = HeadLine(path);
        foreach (char separator in said is { } one ? [one] : s_usual)
        {
            if (HeadOf(line, path, separator) is { } head && isHead(head))
                return separator;
        }
        return null;
    }

    /// <summary>The same, or else the separator that divides the head into the most columns.</summary>
    public static char Of(string path, Func<CsvHead, bool> isHead)
    {
        if (Find(path, isHead) is { } found)
            return found;
        (byte[] line, char? said) = HeadLine(path);
        return said ?? s_usual.MaxBy(separator => HeadOf(line, path, separator)?.Names.Count ?? 0);
    }

    /// <summary>The head under the separator that divides it into the most columns; null where it cannot be read.</summary>
    public static CsvHead? FindHead(string path)
    {
        (byte[] line, char? said) = HeadLine(path);
        IEnumerable<char> separators = said is { } one ? [one] : s_usual;
        return separators.Select(separator => HeadOf(line, path, separator)).MaxBy(head => head?.Names.Count ?? 0);
    }

    /// <summary>What a line <c>sep=;</c> says, which Excel reads and writes; null for any other line.</summary>
    public static char? SaidBy(ReadOnlySpan<byte> line) =>
        line.Length == 5 && line.StartsWith("sep="u8) && line[4] is < 128 and not (byte)'"' ? (char)line[4] : null;

    private static (byte[] Line, char? Said) HeadLine(string path)
    {
        char? said = null;
        using var reader = new LineReader(DataFile.OpenSequential(path), path);
        while (reader.TryRead())
        {
            if (said is null && SaidBy(reader.Line) is { } separator)
                said = separator;
            else if (reader.Line.Contains((byte)'\r'))
                throw new MalformedInputException(path, "its lines end with carriage returns alone", "Save it with LF or CR LF at the ends of lines.");
            else if (!reader.Line.Trim(" \t"u8).IsEmpty)
                return (reader.Line.ToArray(), said);
        }
        return ([], said);
    }

    private static CsvHead? HeadOf(byte[] line, string path, char separator)
    {
        using var reader = new CsvReader(new MemoryStream(line), path, separator);
        try
        {
            return CsvHead.Read(reader, path);
        }
        catch (MalformedInputException)
        {
            return null; // no head under this separator, or one of several lines
        }
    }
}
