using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Evaluation;

/// <summary>A column of texts of a data view: one for each row, or several.</summary>
internal readonly struct TextColumn
{
    private TextColumn(DataViewSchema.Column column) => Column = column;

    /// <summary>The column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>A column with one text for each row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static TextColumn One(IHostEnvironment environment, IDataView data, string role, string name) =>
        Find(environment, data, role, name, many: false);

    /// <summary>A column with one text for each row, or a vector of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static TextColumn OneOrMany(IHostEnvironment environment, IDataView data, string role, string name) =>
        Find(environment, data, role, name, many: true);

    /// <summary>What reads the row's texts; one where the column is no vector.</summary>
    public Func<string[]> Getter(DataViewRow row)
    {
        if (Column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> get = row.GetGetter<ReadOnlyMemory<char>>(Column);
            return () =>
            {
                ReadOnlyMemory<char> text = default;
                get(ref text);
                return [text.ToString()];
            };
        }

        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getMany = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(Column);
        VBuffer<ReadOnlyMemory<char>> texts = default;
        return () =>
        {
            getMany(ref texts);
            return [.. texts.DenseValues().Select(text => text.ToString())];
        };
    }

    private static TextColumn Find(IHostEnvironment environment, IDataView data, string role, string name, bool many)
    {
        DataViewSchema.Column? column = data.Schema.GetColumnOrNull(name);
        if (column is null)
            throw environment.ExceptSchemaMismatch(nameof(data), role, name);
        DataViewType type = column.Value.Type;
        if (type is not TextDataViewType && !(many && type is VectorDataViewType { ItemType: TextDataViewType }))
        {
            string expected = many ? "String or Vector of String" : "String";
            throw environment.ExceptSchemaMismatch(nameof(data), role, name, expected, type.ToString());
        }
        return new TextColumn(column.Value);
    }
}
