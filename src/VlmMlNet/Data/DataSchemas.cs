using System.Text;

namespace VlmMlNet.Data;

/// <summary>JSON Schemas (draft 7) of the formats that are JSON: those of the folder <c>data-schemas</c>, held by the library.
/// <see cref="Microsoft.ML.VisionLanguageDataExtensions.Validate"/> checks files against them.</summary>
public static class DataSchemas
{
    private const string Ending = ".schema.json";

    /// <summary>The schemas' names: <c>llava</c>, <c>coco-captions</c>, <c>saved-model</c>, ...</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(DataSchemas).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(Ending, StringComparison.Ordinal)).Select(name => name[..^Ending.Length]).Order(StringComparer.Ordinal)];

    /// <summary>A schema's text.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static string Read(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using Stream stream = typeof(DataSchemas).Assembly.GetManifestResourceStream(name + Ending)
            ?? throw new ArgumentException($"There is no schema '{name}'. There are: {string.Join(", ", Names)}.", nameof(name));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
