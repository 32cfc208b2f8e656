using Microsoft.ML;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Getters of one column of several data sets, made anew where a data set has another cursor.</summary>
internal sealed class SourceGetters<T>(string column, int sources)
{
    private readonly (DataViewRowCursor? Cursor, ValueGetter<T>? Get)[] _getters = new (DataViewRowCursor?, ValueGetter<T>?)[sources];

    /// <summary>Null where the data set has no such column.</summary>
    public ValueGetter<T>? Of(SourceReading reading)
    {
        ref var getter = ref _getters[reading.Place];
        if (getter.Cursor != reading.Cursor)
            getter = (reading.Cursor, reading.Cursor!.Schema.GetColumnOrNull(column) is { } found ? reading.Cursor.GetGetter<T>(found) : null);
        return getter.Get;
    }
}
