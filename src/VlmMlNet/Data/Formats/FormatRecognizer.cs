using System.Text;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Tells a file's format by its first rows, never by its name.</summary>
internal static class FormatRecognizer
{
    private const string ColumnsRemedy = "Columns of other names are named by Columns.Image with Columns.Caption, Columns.Question and Columns.Answer, or Columns.Conversation.";

    /// <param name="path">A file or a folder.</param>
    /// <param name="columns">Names of columns that were given; null for none.</param>
    /// <exception cref="MalformedInputException">It is none of the known formats, or of one that does not have these columns.</exception>
    public static FormatDescriptor Recognize(string path, DataColumns? columns = null)
    {
        columns ??= new DataColumns();
        FormatDescriptor format = Find(path, columns);
        columns.Check(format, path);
        return format;
    }

    private static FormatDescriptor Find(string path, DataColumns columns)
    {
        if (Directory.Exists(path))
            return Ask(new FolderHead(path, columns))!;
        DataFile.CheckExists(path);
        if (ParquetFile.IsParquet(path))
            return OfParquet(path, columns);
        return JsonRowReader.FirstByte(path) switch
        {
            (byte)'[' => OfArray(path, columns),
            (byte)'{' => OfObject(path, columns),
            0 => throw new MalformedInputException(path, "the file is empty"),
            _ => OfLines(path, columns),
        };
    }

    private static FormatDescriptor? Ask(FileHead head) => DataFormats.All.FirstOrDefault(format => format.Recognizes(head));

    private static FormatDescriptor OfParquet(string path, DataColumns columns)
    {
        using ParquetFile file = ParquetFile.Open(path);
        return Ask(new ParquetHead(path, columns, file.Root) { Kind = ByColumns(path, columns, file.ColumnNames()) })
            ?? throw Unknown(path, $"of its columns {ColumnNames.List(file.ColumnNames())} no format is known");
    }

    /// <summary>What the given names make of a file with columns; null where they leave it open.</summary>
    /// <exception cref="MalformedInputException">A name is not there, or they contradict each other.</exception>
    private static RowKind? ByColumns(string path, DataColumns columns, IEnumerable<string> there)
    {
        foreach ((string kind, string column) in columns.Named())
        {
            // Not every row of JSON has a picture or an id.
            if (!there.Any(name => CaptionColumnNames.AreSame(name, column)) && (kind is not ("Image" or "Id") || ParquetFile.IsParquet(path)))
                throw ColumnNames.Missing(path, DataColumns.OptionName(kind), column, there);
        }
        RowKind[] kinds = [.. new RowKind?[]
        {
            columns.Conversation is null ? null : RowKind.Conversations,
            columns.Question is null && columns.Answer is null ? null : RowKind.Questions,
            columns.Caption is null ? null : RowKind.Captions,
        }.OfType<RowKind>()];
        return kinds.Length <= 1 ? (kinds is [var only] ? only : null)
            : throw new MalformedInputException(path, $"columns are named of {string.Join(" and of ", kinds.Select(k => k.ToString().ToLowerInvariant()))}", "A data set has one of them.");
    }

    private static FormatDescriptor OfArray(string path, DataColumns columns)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        HashSet<string> names = FirstElement(reader, out bool isEmpty);
        if (isEmpty)
            throw new MalformedInputException(path, "its list is empty: it holds no rows");
        return OfRow(path, names, columns) ?? throw Unknown(path, names.Count == 0 ? "the first element of its list is no object" : $"of the properties {ColumnNames.List(names)} of its first row no format is known");
    }

    private static FormatDescriptor? OfRow(string path, HashSet<string> names, DataColumns columns) =>
        Ask(new RowHead(path, columns, names) { Kind = names.Count > 0 ? ByColumns(path, columns, names) : null });

    private static FormatDescriptor OfObject(string path, DataColumns columns)
    {
        if (Ask(new FirstLineHead(path, columns, FirstLine(path))) is { } ofLines)
            return ofLines;
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "no object");
        var names = new HashSet<string>();
        while (reader.TryReadProperty())
        {
            names.Add(reader.PropertyName);
            var property = new PropertyHead(path, columns, reader.PropertyName, () => FirstElement(reader, out _));
            if (Ask(property) is { } told)
                return told;
            if (!property.IsRead)
                reader.SkipValue();
        }
        return OfRow(path, names, columns) ?? throw Unknown(path, "its object has none of the properties 'conversations', 'images', 'annotations', 'questions' and 'datasets'");
    }

    /// <summary>The property names of the object in the first line; none where the line is no object, or a long one.</summary>
    private static HashSet<string> FirstLine(string path)
    {
        const int limit = 1024 * 1024;
        using var buffer = RefillBuffer.OfText(DataFile.OpenSequential(path), path, limit);
        int end;
        while ((end = buffer.Span.TrimStart(" \t\r\n"u8).IndexOf((byte)'\n')) < 0 && !buffer.IsFinal)
        {
            if (!buffer.Fill())
                return [];
        }
        ReadOnlySpan<byte> line = buffer.Span.TrimStart(" \t\r\n"u8);
        try
        {
            return PropertyNames(end < 0 ? line : line[..end]);
        }
        catch (JsonException)
        {
            return []; // an object of several lines
        }
    }

    private static FormatDescriptor OfLines(string path, DataColumns columns)
    {
        string line;
        using (var reader = new LineReader(DataFile.OpenSequential(path), path))
        {
            do
            {
                if (!reader.TryRead())
                    throw new MalformedInputException(path, "the file is empty");
            }
            while (reader.Line.IsEmpty);
            line = Encoding.UTF8.GetString(reader.Line[..Math.Min(reader.Line.Length, 10_000)]);
        }
        return Ask(new TextHead(path, columns, line)) ?? throw UnknownText(path);
    }

    private static MalformedInputException UnknownText(string path)
    {
        CsvHead? head = CsvSeparator.FindHead(path);
        if (head is not { Names.Count: > 1 })
            return Unknown(path, "it is text, but its first line names no column of pictures and captions, nor a picture and its caption");
        foreach ((string[] names, string what) in (ReadOnlySpan<(string[], string)>)[(ColumnNames.Conversation, "conversations"), (ColumnNames.Question, "questions")])
        {
            if (head.Find(names) is >= 0 and var column)
                return new(path, $"its column '{head.Names[column]}' holds {what}, which are not read from delimited text", $"Write them as JSON lines or parquet, in Python with pandas.read_csv(...).to_json(..., orient=\"records\", lines=True). Its columns are {ColumnNames.List(head.Names)}.");
        }
        bool hasImage = head.Find(CaptionColumnNames.Image) >= 0, hasCaption = head.Find(CaptionColumnNames.Caption) >= 0;
        string[] missing = [.. new[] { hasImage ? null : "pictures", hasCaption ? null : "captions" }.OfType<string>()];
        string[] options = [.. new[] { hasImage ? null : DataColumns.OptionName("Image"), hasCaption ? null : DataColumns.OptionName("Caption") }.OfType<string>()];
        return new(path, $"the format is not recognised: it is text with the columns {ColumnNames.List(head.Names)}, none of which is known to hold {(missing.Length == 0 ? "pictures with captions" : string.Join(" or ", missing))}",
            $"{string.Join(" with ", options.DefaultIfEmpty(DataColumns.OptionName("Image")))} names {(options.Length > 1 ? "the columns that do" : "the column that does")}.");
    }

    /// <summary>The property names of the first element of the list that comes next; none where it is empty.</summary>
    private static HashSet<string> FirstElement(StreamingJsonReader reader, out bool isEmpty)
    {
        reader.ReadStart(JsonTokenType.StartArray, "no list");
        isEmpty = !reader.TryReadElement();
        return isEmpty ? [] : PropertyNames(reader.Value);
    }

    /// <summary>The property names of an object; none where it is something else.</summary>
    public static HashSet<string> PropertyNames(ReadOnlySpan<byte> json)
    {
        var names = new HashSet<string>();
        var element = new Utf8JsonReader(json);
        element.Read();
        if (element.TokenType != JsonTokenType.StartObject)
            return names;
        while (element.Read() && element.TokenType == JsonTokenType.PropertyName)
        {
            try
            {
                names.Add(JsonFields.PropertyName(ref element));
            }
            catch (RowProblemException)
            {
                // A name that is no text is none that is looked for.
            }
            element.Skip();
        }
        return names;
    }

    private static MalformedInputException Unknown(string path, string problem)
    {
        string[] known = [.. DataFormats.All.Select(format => format.Listing).OfType<string>()];
        return new(path, $"the format is not recognised: {problem}", $"Recognised are {string.Join(", ", known[..^1])}, and {known[^1]}. {ColumnsRemedy}");
    }
}
