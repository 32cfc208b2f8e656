using System.Text;
using System.Text.RegularExpressions;
using NJsonSchema;
using NJsonSchema.Validation;

namespace VlmMlNet.Data.Validation;

/// <summary>A JSON Schema, or the part of one that describes a row, and what it says of a text.</summary>
/// <param name="schema">The schema.</param>
internal sealed partial class SchemaProblems(JsonSchema schema)
{
    /// <summary>The schema of an element of the array that this one describes; null where it describes none.</summary>
    public SchemaProblems? Items => schema.ActualSchema.Item is { } item ? new SchemaProblems(item.ActualSchema) : null;

    /// <summary>The schema of a property's value; null where it says nothing of it.</summary>
    public SchemaProblems? Property(string name) =>
        schema.ActualSchema.Properties.TryGetValue(name, out var property) ? new SchemaProblems(property.ActualSchema) : null;

    /// <summary>Properties that have to be there.</summary>
    public IEnumerable<string> Required => schema.ActualSchema.RequiredProperties;

    /// <summary>Whether it describes an object whose lists are rows.</summary>
    public bool IsObject => schema.ActualSchema.Type.HasFlag(JsonObjectType.Object);

    /// <summary>Opens a schema of the library.</summary>
    /// <param name="name">Its name among <see cref="DataSchemas.Names"/>.</param>
    public static SchemaProblems Open(string name) => new(JsonSchema.FromJsonAsync(DataSchemas.Read(name)).GetAwaiter().GetResult());

    /// <summary>What is wrong with a JSON text, the first few things; null where nothing is.</summary>
    /// <param name="json">UTF-8.</param>
    public string? Find(ReadOnlySpan<byte> json)
    {
        ICollection<ValidationError> errors;
        try
        {
            errors = schema.Validate(Encoding.UTF8.GetString(json));
        }
        catch (Newtonsoft.Json.JsonException e)
        {
            return $"it cannot be compared with the schema: {e.Message.TrimEnd('.')}";
        }
        if (errors.Count == 0)
            return null;
        const int shown = 3;
        string some = string.Join("; ", errors.Take(shown).Select(Describe));
        return errors.Count > shown ? $"{some}; and {errors.Count - shown} more" : some;
    }

    private static string Describe(ValidationError error)
    {
        string path = (error.Path ?? "").TrimStart('#', '/');
        string name = path.Length == 0 ? "it" : $"'{path}'";
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => $"{name} is missing",
            ValidationErrorKind.StringExpected => $"{name} is not a string",
            ValidationErrorKind.NumberExpected => $"{name} is not a number",
            ValidationErrorKind.IntegerExpected => $"{name} is not an integer",
            ValidationErrorKind.BooleanExpected => $"{name} is not true or false",
            ValidationErrorKind.ObjectExpected => $"{name} is not an object",
            ValidationErrorKind.ArrayExpected => $"{name} is not a list",
            ValidationErrorKind.NullExpected => $"{name} is not null",
            ValidationErrorKind.NoTypeValidates or ValidationErrorKind.NotAnyOf or ValidationErrorKind.NotOneOf => $"{name} is none of what is allowed{Types(error.Schema)}",
            ValidationErrorKind.NotInEnumeration => $"{name} is none of {string.Join(", ", error.Schema.Enumeration.Select(value => value?.ToString() ?? "null"))}",
            ValidationErrorKind.TooFewItems => $"{name} has fewer than {error.Schema.MinItems} elements",
            ValidationErrorKind.TooManyItems => $"{name} has more than {error.Schema.MaxItems} elements",
            ValidationErrorKind.NumberTooSmall => $"{name} is too small",
            ValidationErrorKind.NumberTooBig or ValidationErrorKind.IntegerTooBig => $"{name} is too large",
            ValidationErrorKind.NoAdditionalPropertiesAllowed => $"{name} is no known property",
            _ => $"{name}: {Words().Replace(error.Kind.ToString(), match => match.Index == 0 ? match.Value : " " + match.Value.ToLowerInvariant())}",
        };
    }

    private static string Types(JsonSchema of) =>
        of.Type == JsonObjectType.None ? "" : $" ({string.Join(", ", Enum.GetValues<JsonObjectType>().Where(type => type != JsonObjectType.None && of.Type.HasFlag(type)).Select(type => type.ToString().ToLowerInvariant()))})";

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Words();
}
