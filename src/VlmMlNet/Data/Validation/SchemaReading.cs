using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Validation;

/// <summary>Holds a JSON file of any size to its schema, row by row: the elements of its array, or of the lists of its
/// object.</summary>
/// <param name="name">The schema's name.</param>
/// <param name="id">The property that no two rows have the same value of; null for none.</param>
/// <param name="options">Progress and cancellation.</param>
internal sealed class SchemaReading(string name, string? id, DataValidationOptions options)
{
    /// <summary>A whole document may be this large where it is not read row by row: configurations are far below.</summary>
    private const int MaxDocumentBytes = 16 << 20;

    /// <summary>How many rows were looked at.</summary>
    public long Rows { get; private set; }

    private readonly SchemaProblems _schema = SchemaProblems.Open(name);
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>What does not fit, with the place of its row.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MalformedInputException">From some place on the file is not JSON, or not of this structure.</exception>
    public IEnumerable<BadRow> Find(string path) => _schema.IsObject ? OfObject(path) : OfRows(path);

    /// <summary>The same for a recipe, YAML or JSON.</summary>
    public IEnumerable<BadRow> FindInRecipe(string path)
    {
        using JsonDocument document = RecipeReader.Parse(path);
        return _schema.Find(System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetRawText())) is { } problem ? [new BadRow(path, 0, problem)] : [];
    }

    /// <summary>The same for a small document that is looked at as one.</summary>
    public IEnumerable<BadRow> FindInWhole(string path)
    {
        DataFile.CheckExists(path);
        if (new FileInfo(path).Length > MaxDocumentBytes)
            throw new MalformedInputException(path, $"it is larger than {MaxDocumentBytes} bytes", "Is this the file that was meant?");
        return _schema.Find(File.ReadAllBytes(path)) is { } problem ? [new BadRow(path, 0, problem)] : [];
    }

    private IEnumerable<BadRow> OfRows(string path)
    {
        SchemaProblems row = _schema.Items!;
        using JsonRowReader rows = JsonRowReader.Open(path, "this is neither a list nor lines of JSON", $"Expected is what the schema '{name}' says.");
        while (rows.TryRead())
        {
            Step();
            if ((row.Find(rows.Value) ?? FindTwin(rows.Value)) is { } problem)
                yield return new BadRow(path, rows.Row, $"{problem} ({rows.Position})") { Line = rows.Place.Line, Offset = rows.Place.Offset };
        }
    }

    private IEnumerable<BadRow> OfObject(string path)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not one object of JSON");
        var missing = _schema.Required.ToHashSet(StringComparer.Ordinal);
        while (reader.TryReadProperty())
        {
            string property = reader.PropertyName;
            missing.Remove(property);
            SchemaProblems? value = _schema.Property(property);
            if (value?.Items is not { } row)
            {
                if (value is null)
                    reader.SkipValue();
                else if (value.Find(reader.ReadJson()) is { } wrong)
                    yield return new BadRow(path, 0, $"'{property}': {wrong} ({reader.Position})") { Line = reader.Place.Line, Offset = reader.Place.Offset };
                continue;
            }
            reader.ReadStart(JsonTokenType.StartArray, $"'{property}' is not a list");
            while (reader.TryReadElement())
            {
                Step();
                if (row.Find(reader.Value) is { } problem)
                    yield return new BadRow(path, reader.Row!.Value, $"in '{property}', {problem} ({reader.Position})") { Line = reader.Place.Line, Offset = reader.Place.Offset };
            }
        }
        reader.ReadEnd();
        foreach (string property in missing)
            yield return new BadRow(path, 0, $"'{property}' is missing");
    }

    private void Step()
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        if (++Rows % 1000 == 0)
            options.Progress?.Invoke($"comparing with the schema '{name}'", Rows);
    }

    private string? FindTwin(ReadOnlySpan<byte> json)
    {
        if (id is null)
            return null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isId = reader.ValueTextEquals(id);
            reader.Read();
            if (isId)
                return JsonFields.Id(ref reader, id) is var value && _ids.Add(value) ? null : $"'{id}' {value} occurs before this one";
            reader.Skip();
        }
        return null;
    }
}
