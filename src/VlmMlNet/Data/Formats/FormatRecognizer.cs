using System.Text;
using System.Text.Json;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionFolder;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Tells a file's format by its first rows, never by its name.</summary>
internal static class FormatRecognizer
{
    private enum RowKind
    {
        Captions,
        Questions,
        Conversations,
    }

    private const string Remedy = "Recognised are LLaVA (JSON, JSONL, parquet), COCO captions, Karpathy's splits, Flickr30k's .token, pictures with captions or with questions (parquet), captions as CSV, TSV or JSON (metadata.csv, metadata.jsonl), VQA-RAD, SLAKE, VQAv2, recipes, and folders of pictures, with or without texts beside them. Columns of other names are named by Columns.Image with Columns.Caption, Columns.Question and Columns.Answer, or Columns.Conversation.";

    /// <param name="path">A file or a folder.</param>
    /// <param name="columns">Names of columns that were given; null for none.</param>
    /// <exception cref="MalformedInputException">It is none of the known formats, or of one that does not have these columns.</exception>
    public static DataFormat Recognize(string path, DataColumns? columns = null)
    {
        columns ??= new DataColumns();
        DataFormat format = Find(path, columns);
        columns.Check(format, path);
        return format;
    }

    private static DataFormat Find(string path, DataColumns columns)
    {
        if (Directory.Exists(path))
            return CaptionFolderSource.IsIn(path) ? DataFormat.CaptionFolder : DataFormat.ImageFolder;
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

    /// <summary>Of a file of VQAv2's: whether it has the questions, not the answers.</summary>
    public static bool HasQuestions(string path)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "no object");
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName is "questions" or "annotations")
                return reader.PropertyName == "questions";
            reader.SkipValue();
        }
        return false;
    }

    /// <summary>The column of captions in a parquet file that was recognised to have them; null for the usual one.</summary>
    public static string? CaptionColumn(string path)
    {
        using ParquetFile file = ParquetFile.Open(path);
        return HasCaptionsAsAnswers(file.Root) ? "answer" : null;
    }

    // As COCO's captions are published by lmms-lab, for lmms-eval: the question is the same in all rows.
    private static bool HasCaptionsAsAnswers(ParquetNode root) =>
        root["image"] is not null && root["question"] is not null && root["coco_url"] is not null && root["answer"]?.ListElement() is not null;

    private static DataFormat OfParquet(string path, DataColumns columns)
    {
        using ParquetFile file = ParquetFile.Open(path);
        if (ByColumns(path, columns, file.ColumnNames()) is { } kind)
            return kind switch { RowKind.Conversations => DataFormat.LlavaParquet, RowKind.Questions => DataFormat.VqaParquet, _ => DataFormat.CaptionParquet };
        bool hasPicture = columns.Image is not null || Has(ColumnNames.Image, ParquetPictures.CanBe);
        return Has(ColumnNames.Conversation, ParquetConversation.CanBe) ? DataFormat.LlavaParquet
            : HasCaptionsAsAnswers(file.Root) ? DataFormat.CaptionParquet
            : hasPicture && Has(ColumnNames.Question, IsText) ? DataFormat.VqaParquet
            : hasPicture && Has(ColumnNames.Caption, IsText) ? DataFormat.CaptionParquet
            : throw Unknown(path, $"of its columns {ColumnNames.List(file.ColumnNames())} no format is known");

        // The first of the names that is there is the one that is read.
        bool Has(string[] names, Func<ParquetNode, bool> canBe) => Array.Find(names, name => file.Root[name] is not null) is { } name && canBe(file.Root[name]!);

        static bool IsText(ParquetNode node) => (node.ListElement() ?? node) is { IsLeaf: true } leaf && ParquetValueText.IsKnown(leaf);
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

    private static DataFormat OfArray(string path, DataColumns columns)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        HashSet<string> names = FirstElement(reader, out bool isEmpty);
        if (isEmpty)
            throw new MalformedInputException(path, "its list is empty: it holds no rows");
        return OfRow(path, names, columns) ?? throw Unknown(path, names.Count == 0 ? "the first element of its list is no object" : $"of the properties {ColumnNames.List(names)} of its first row no format is known");
    }

    /// <summary>The format of JSON rows with these properties.</summary>
    private static DataFormat? OfRow(string path, HashSet<string> names, DataColumns columns)
    {
        if (names.Count > 0 && ByColumns(path, columns, names) is { } kind)
            return kind switch { RowKind.Conversations => DataFormat.LlavaJson, RowKind.Questions => DataFormat.VqaJson, _ => DataFormat.CaptionJson };
        string[] all = columns.Image is { } image && names.Contains(image) ? [.. names, "image"] : [.. names];
        return AreOfConversation(names) ? DataFormat.LlavaJson
            : names.Contains("image_name") && names.Contains("question") && !columns.AreNamed ? DataFormat.VqaRad
            : names.Contains("img_name") && names.Contains("question") && !columns.AreNamed ? DataFormat.Slake
            : VqaRowsSource.AreIn(all) ? DataFormat.VqaJson
            : CaptionColumnNames.AreIn(all) ? DataFormat.CaptionJson
            : null;
    }

    private static DataFormat OfObject(string path, DataColumns columns)
    {
        if (!columns.AreNamed && AreOfConversation(FirstLine(path)))
            return DataFormat.LlavaJson;
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "no object");
        var names = new HashSet<string>();
        while (reader.TryReadProperty())
        {
            names.Add(reader.PropertyName);
            switch (reader.PropertyName)
            {
                case "conversations" when !columns.AreNamed:
                    return DataFormat.LlavaJson;
                case "datasets":
                    return DataFormat.Recipe;
                case "questions":
                    return DataFormat.VqaV2;
                case "images":
                    return FirstElement(reader).Contains("sentences") ? DataFormat.Karpathy : DataFormat.CocoCaptions;
                case "annotations":
                    return FirstElement(reader).Contains("answers") ? DataFormat.VqaV2 : DataFormat.CocoCaptions;
                default:
                    reader.SkipValue();
                    break;
            }
        }
        return OfRow(path, names, columns) ?? throw Unknown(path, "its object has none of the properties 'conversations', 'images', 'annotations', 'questions' and 'datasets'");
    }

    private static bool AreOfConversation(HashSet<string> names) => names.Contains("conversations") || names.Contains("conversation") || names.Contains("messages") || names.Contains("texts");

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

    private static DataFormat OfLines(string path, DataColumns columns)
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
        int tab = line.IndexOf('\t', StringComparison.Ordinal);
        int mark = tab < 0 ? -1 : line.LastIndexOf('#', tab);
        if (mark > 0 && tab > mark + 1 && line.AsSpan(mark + 1, tab - mark - 1).IndexOfAnyExceptInRange('0', '9') < 0)
            return DataFormat.Flickr30kTokens;
        return columns.AreNamed && !IsYamlRecipe(path) || CsvSeparator.Find(path, CaptionCsvSource.IsHead) is not null
            ? DataFormat.CaptionCsv
            : IsYamlRecipe(path) ? DataFormat.Recipe
            : throw UnknownText(path);
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

    private static bool IsYamlRecipe(string path)
    {
        using var reader = new LineReader(DataFile.OpenSequential(path), path);
        for (int line = 0; line < 100 && reader.TryRead(); line++)
        {
            if (reader.Line.StartsWith("datasets:"u8))
                return true;
        }
        return false;
    }

    /// <summary>The property names of the first element of the list that comes next; none where it is empty.</summary>
    private static HashSet<string> FirstElement(StreamingJsonReader reader) => FirstElement(reader, out _);

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

    private static MalformedInputException Unknown(string path, string problem) => new(path, $"the format is not recognised: {problem}", Remedy);
}
