using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace VlmMlNet.Components.Columns;

/// <summary>A type that a column must have, checked with ML.NET's own words.</summary>
internal sealed class ColumnKind
{
    private const string ParameterName = "inputSchema";
    private readonly string _expected;
    private readonly Func<DataViewType, bool> _fits;

    private ColumnKind(string expected, Func<DataViewType, bool> fits) => (_expected, _fits) = (expected, fits);

    /// <summary>A picture: a path, an encoded file, or a decoded image.</summary>
    public static ColumnKind Picture { get; } = new("String, Vector<Byte> or Image", t => t is TextDataViewType or ImageDataViewType || IsVectorOf(t, NumberDataViewType.Byte));

    public static ColumnKind Text { get; } = new("String", t => t is TextDataViewType);

    public static ColumnKind Texts { get; } = new("Vector<String>", t => IsVectorOf(t, TextDataViewType.Instance));

    public static ColumnKind TextOrTexts { get; } = new("String or Vector<String>", t => Text._fits(t) || Texts._fits(t));

    public static ColumnKind FloatVector { get; } = new("Vector<Single>", t => IsVectorOf(t, NumberDataViewType.Single));

    /// <summary>A vector of [rows, width] floats; the rows may be any number where none is given.</summary>
    public static ColumnKind Matrix(int? rows, int width) => new(
        $"Vector<Single, {(rows is null ? "*" : rows)}, {width}>",
        t => t is VectorDataViewType { IsKnownSize: true } v && v.ItemType.Equals(NumberDataViewType.Single) && v.Size % width == 0 && (rows is null || v.Size == rows * width));

    /// <summary>The column of this name, when it is of this kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or it is of another type.</exception>
    public DataViewSchema.Column Find(IHost host, DataViewSchema schema, string role, string name)
    {
        host.CheckValue(schema, nameof(schema));
        if (schema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(ParameterName, role, name);
        return _fits(column.Type) ? column : throw Mismatch(host, role, name, column.Type, column.Type.ToString()!);
    }

    /// <inheritdoc cref="Find"/>
    public SchemaShape.Column Check(IHost host, SchemaShape schema, string role, string name)
    {
        host.CheckValue(schema, nameof(schema));
        if (!schema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(ParameterName, role, name);
        // A shape does not know sizes: Matrix is checked against the data itself.
        var type = column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType is PrimitiveDataViewType item ? new VectorDataViewType(item) : column.ItemType;
        return _fits(type) ? column : throw Mismatch(host, role, name, type, column.GetTypeString());
    }

    /// <summary>The shape with columns added, or put in the place of those of the same name.</summary>
    public static SchemaShape Add(SchemaShape schema, params ReadOnlySpan<(string Name, DataViewType Type)> added)
    {
        var columns = schema.ToDictionary(c => c.Name);
        foreach (var (name, type) in added)
        {
            var kind = type is VectorDataViewType ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.Scalar;
            columns[name] = new SchemaShape.Column(name, kind, type is VectorDataViewType vector ? vector.ItemType : type, isKey: false);
        }
        return new SchemaShape(columns.Values);
    }

    private Exception Mismatch(IHost host, string role, string name, DataViewType type, string typeName) => role == "image" && this == Picture && Texts._fits(type)
        ? new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' has several pictures in a row, and a model is shown one. Read the data with one (LlavaOptions.MaxImages), and leave out the rows that have more (BadRowHandling.Skip).")
        : host.ExceptSchemaMismatch(ParameterName, role, name, _expected, typeName);

    private static bool IsVectorOf(DataViewType type, DataViewType item) => type is VectorDataViewType vector && vector.ItemType.Equals(item);
}
