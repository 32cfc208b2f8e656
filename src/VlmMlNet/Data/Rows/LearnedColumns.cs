using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Data.Rows;

/// <summary>Marks the columns that models learn from with what whoever loaded the data chose for bad rows: views that ML.NET puts over
/// ours (shuffled, filtered, split) keep the mark, so that training knows of the choice.</summary>
internal static class LearnedColumns
{
    private const string Mark = "VlmMlNet.SkipsBadRows";

    /// <summary>A schema of columns.</summary>
    /// <param name="columns">Their names and types.</param>
    /// <param name="skipsBadRows">Whether bad rows are left out.</param>
    public static DataViewSchema SchemaOf(IEnumerable<(string Name, DataViewType Type)> columns, bool skipsBadRows)
    {
        var marks = new DataViewSchema.Annotations.Builder();
        marks.Add(Mark, BooleanDataViewType.Instance, (ref bool value) => value = skipsBadRows);
        DataViewSchema.Annotations marked = marks.ToAnnotations();
        var builder = new DataViewSchema.Builder();
        foreach ((string name, DataViewType type) in columns)
            builder.AddColumn(name, type, name is VisionLanguageColumns.Conversation or VisionLanguageColumns.Captions ? marked : null);
        return builder.ToSchema();
    }

    /// <summary>Whether rows without an answer in a column are to be left out; null for columns that are not of files.</summary>
    public static bool? SkipBadRows(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Mark) is null)
            return null;
        bool skips = false;
        column.Annotations.GetValue(Mark, ref skips);
        return skips;
    }
}
