using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace VlmMlNet.Data.Validation;

/// <summary>A JSON Schema, or the part of one that describes a row, and what it says of a text.</summary>
/// <param name="schema">The schema.</param>
internal sealed partial class SchemaProblems(JsonSchema schema)
{
    private static readonly JsonSerializerSettings s_reading = new() { DateParseHandling = DateParseHandling.None };

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
        HashSet<string> huge;
        try
        {
            JToken value = JsonConvert.DeserializeObject<JToken>(Encoding.UTF8.GetString(json), s_reading) ?? JValue.CreateNull();
            huge = Plain(value);
            errors = schema.Validate(value);
        }
        catch (JsonException e)
        {
            return $"it cannot be compared with the schema: {e.Message.TrimEnd('.')}";
        }
        if (errors.Count == 0)
            return null;
        const int shown = 3;
        string some = string.Join("; ", errors.Take(shown).Select(error => Describe(error, huge)));
        return errors.Count > shown ? $"{some}; and {errors.Count - shown} more" : some;
    }

    private static string Describe(ValidationError error, HashSet<string> huge)
    {
        string path = (error.Path ?? "").TrimStart('#', '/');
        string name = path.Length == 0 ? "it" : $"'{path}'";
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => $"{name} is missing",
            ValidationErrorKind.StringExpected => $"{name} is not a string",
            ValidationErrorKind.NumberExpected => $"{name} is not a number",
            ValidationErrorKind.IntegerExpected when huge.Contains(path) => $"{name} has more digits than 64 bits hold",
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

    // As JSON Schema takes numbers, and the validator does not: 42.0 is an integer. One of more than 64 bits, which the validator stumbles over, is
    // turned into a number; gives the places of those.
    private static HashSet<string> Plain(JToken value)
    {
        var huge = new HashSet<string>(StringComparer.Ordinal);
        foreach (JValue number in (value is JContainer all ? all.Descendants() : [value]).OfType<JValue>())
        {
            if (number.Value is BigInteger integer)
            {
                huge.Add(number.Path);
                number.Value = double.MaxValue * integer.Sign;
            }
            else if (number.Value is double real && Math.Abs(real) < long.MaxValue && Math.Floor(real) == real)
            {
                number.Value = (long)real;
            }
        }
        return huge;
    }

    private static string Types(JsonSchema of) =>
        of.Type == JsonObjectType.None ? "" : $" ({string.Join(", ", Enum.GetValues<JsonObjectType>().Where(type => type != JsonObjectType.None && of.Type.HasFlag(type)).Select(type => type.ToString().ToLowerInvariant()))})";

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Words();
}
