using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Data;

namespace VlmMlNet.Components.Catalog;

/// <summary>A column of texts that is asked for: what it is for, its name, and whether a row may have several.</summary>
internal readonly record struct TextColumn(string Role, string Name, bool Many = false)
{
    /// <summary>Reads columns in one pass: for each column, each row's texts, of which a column that is no vector has one. A
    /// missing text is empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public static List<string[]>[] Read(IHostEnvironment environment, IDataView data, params IReadOnlyList<TextColumn> asked)
    {
        DataViewSchema.Column[] columns = [.. asked.Select(column => column.Find(environment, data))];
        List<string[]>[] texts = [.. asked.Select(_ => new List<string[]>())];
        using DataViewRowCursor cursor = data.GetRowCursor(columns);
        Func<string[]>[] getters = [.. columns.Select(column => Getter(cursor, column))];
        while (cursor.MoveNext())
        {
            for (int i = 0; i < getters.Length; i++)
                texts[i].Add(getters[i]());
        }
        return texts;
    }

    /// <summary>The column of ids, which is read where the data has one.</summary>
    public static IEnumerable<TextColumn> IdOf(IDataView data) =>
        data.Schema.GetColumnOrNull(VisionLanguageColumns.Id)?.Type is TextDataViewType ? [new TextColumn("id", VisionLanguageColumns.Id)] : [];

    /// <summary>The ids that were read as the column of this place; null where the data has none.</summary>
    public static string[]? Ids(List<string[]>[] texts, int place) => place < texts.Length ? [.. texts[place].Select(id => id[0])] : null;

    private DataViewSchema.Column Find(IHostEnvironment environment, IDataView data)
    {
        DataViewSchema.Column? column = data.Schema.GetColumnOrNull(Name);
        if (column is null)
            throw environment.ExceptSchemaMismatch(nameof(data), Role, Name);
        DataViewType type = column.Value.Type;
        if (type is TextDataViewType || (Many && type is VectorDataViewType { ItemType: TextDataViewType }))
            return column.Value;
        throw environment.ExceptSchemaMismatch(nameof(data), Role, Name, Many ? "String or Vector of String" : "String", type.ToString());
    }

    private static Func<string[]> Getter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> get = row.GetGetter<ReadOnlyMemory<char>>(column);
            return () =>
            {
                ReadOnlyMemory<char> text = default;
                get(ref text);
                return [text.ToString()];
            };
        }

        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getMany = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
        VBuffer<ReadOnlyMemory<char>> texts = default;
        return () =>
        {
            getMany(ref texts);
            return [.. texts.DenseValues().Select(text => text.ToString())];
        };
    }
}
