using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Tests.Components;

/// <summary>Reads whole columns.</summary>
internal static class Columns
{
    public static T[] Read<T>(this IDataView view, string name)
    {
        using var cursor = view.GetRowCursor([view.Schema[name]]);
        var get = cursor.GetGetter<T>(view.Schema[name]);
        var values = new List<T>();
        while (cursor.MoveNext())
        {
            T value = default!;
            get(ref value);
            values.Add(value);
        }
        return [.. values];
    }

    public static float[][] Vectors(this IDataView view, string name) => view.Read<VBuffer<float>>(name).Select(v => v.DenseValues().ToArray()).ToArray();

    public static string[] Texts(this IDataView view, string name) => view.Read<ReadOnlyMemory<char>>(name).Select(t => t.ToString()).ToArray();
}
