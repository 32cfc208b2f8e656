using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;
using VlmMlNet.Files;

namespace VlmMlNet.Evaluation.Output;

/// <summary>A JSON file of predictions as the COCO and VQA challenges take them: a list of objects with an id and a
/// text.</summary>
internal sealed class ResultsFile
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _idName;
    private readonly string _textName;
    private readonly string _what;
    private readonly string _text;

    private ResultsFile(string idName, string textName, string what, string text)
    {
        (_idName, _textName, _what, _text) = (idName, textName, what, text);
    }

    /// <summary>COCO's captions: <c>image_id</c> and <c>caption</c>.</summary>
    public static ResultsFile Captions { get; } = new("image_id", "caption", "image", "a caption");

    /// <summary>VQA's answers: <c>question_id</c> and <c>answer</c>.</summary>
    public static ResultsFile Answers { get; } = new("question_id", "answer", "question", "an answer");

    /// <summary>Reads a file: texts by id, in the file's order. Other properties are passed over.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not of this format, or an id occurs twice.</exception>
    public OrderedDictionary<string, string> Read(string path)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartArray, "this is no list of results", $"Expected is [{{\"{_idName}\": 1, \"{_textName}\": \"...\"}}, ...].");
        var texts = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        while (reader.TryReadElement())
        {
            try
            {
                (string id, string text) = Element(reader.Value);
                if (!texts.TryAdd(id, text))
                    throw new RowProblemException($"{_what} {id} has {_text} before this one", "Each needs exactly one.");
            }
            catch (RowProblemException e)
            {
                throw new MalformedInputException(path, $"{e.Message} ({reader.Position})", e.Remedy, reader.Row, e);
            }
        }
        reader.ReadEnd();
        return texts;
    }

    /// <summary>Writes texts by id. The file appears when it is complete.</summary>
    /// <exception cref="MalformedInputException">An id occurs twice.</exception>
    public void Write(string path, IEnumerable<KeyValuePair<string, string>> texts)
    {
        using var file = new PendingFile(path);
        using (var json = new Utf8JsonWriter(file.Stream, s_json))
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            json.WriteStartArray();
            foreach ((string id, string text) in texts)
            {
                if (!ids.Add(id))
                    throw new MalformedInputException("results to save", $"{_what} {id} occurs twice", "Each needs exactly one row.", ids.Count);
                Write(json, id, text);
                if (json.BytesPending > 1 << 16)
                    json.Flush();
            }
            json.WriteEndArray();
        }
        file.Commit();
    }

    /// <summary>Writes one result.</summary>
    public void Write(Utf8JsonWriter json, string id, string text)
    {
        json.WriteStartObject();
        WriteId(json, _idName, id);
        json.WriteString(_textName, text);
        json.WriteEndObject();
    }

    /// <summary>Writes an id: as a number, where it is a whole number as JSON writes it.</summary>
    public static void WriteId(Utf8JsonWriter json, string name, string id)
    {
        if (long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number.ToString(CultureInfo.InvariantCulture) == id)
            json.WriteNumber(name, number);
        else
            json.WriteString(name, id);
    }

    /// <summary>Finds each row's text: the rows that are scored, and their texts.</summary>
    /// <param name="ids">The rows' ids.</param>
    /// <param name="results">Texts by id.</param>
    /// <param name="path">The results' file, for messages.</param>
    /// <param name="onlyPredicted">Whether rows without a text are left out.</param>
    /// <exception cref="MalformedInputException">The ids do not fit.</exception>
    public (int[] Rows, string[] Texts) Join(List<string[]> ids, OrderedDictionary<string, string> results, string path, bool onlyPredicted)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var rows = new List<int>();
        var texts = new List<string>();
        string? missing = null;
        for (int row = 0; row < ids.Count; row++)
        {
            string id = ids[row][0];
            if (id.Length == 0)
                throw new MalformedInputException("evaluated data", $"the {_what} has no id", "Results are joined to the data by ids: name the column that has them.", row);
            if (!known.Add(id))
                throw new MalformedInputException("evaluated data", $"{_what} {id} occurs twice", "Each needs exactly one row.", row);
            if (results.TryGetValue(id, out string? text))
            {
                rows.Add(row);
                texts.Add(text);
            }
            else
            {
                missing ??= id;
            }
        }

        int index = 0;
        foreach (string id in results.Keys)
        {
            if (!known.Contains(id))
                throw new MalformedInputException(path, $"{_what} {id} is not in the data", "Are these results of another data set or split?", index);
            index++;
        }
        if (missing is not null && !onlyPredicted)
        {
            throw new MalformedInputException(path, string.Create(CultureInfo.InvariantCulture,
                $"{ids.Count - rows.Count} of {ids.Count} {_what}s have no {_textName}, {_what} {missing} first"),
                "Evaluate only those that have one, if a part is what you want.");
        }
        return ([.. rows], [.. texts]);
    }

    private (string Id, string Text) Element(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "result");
        string? id = null, text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(_idName))
            {
                reader.Read();
                id = JsonFields.Id(ref reader, _idName);
            }
            else if (reader.ValueTextEquals(_textName))
            {
                reader.Read();
                text = JsonFields.TextOrNumber(ref reader, _textName);
            }
            else
            {
                reader.Skip();
            }
        }
        return (id ?? throw JsonFields.Missing(_idName), text ?? throw JsonFields.Missing(_textName));
    }
}
