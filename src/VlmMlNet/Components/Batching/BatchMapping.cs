using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Components.Batching;

/// <summary>The columns that a transformer adds to the rows of one input schema, computed for several rows at a time.</summary>
internal abstract class BatchMapping
{
    protected BatchMapping(IHost host, DataViewSchema inputSchema, int batchSize, params ReadOnlySpan<(string Name, DataViewType Type)> added)
    {
        Host = host;
        InputSchema = inputSchema;
        BatchSize = batchSize;
        var builder = new DataViewSchema.Builder();
        foreach (var column in inputSchema)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        foreach (var (name, type) in added)
            builder.AddColumn(name, type);
        OutputSchema = builder.ToSchema();
    }

    public IHost Host { get; }

    public DataViewSchema InputSchema { get; }

    /// <summary>The input's columns under their indices, then the added ones.</summary>
    public DataViewSchema OutputSchema { get; }

    /// <summary>Most rows that are computed together.</summary>
    public int BatchSize { get; }

    /// <summary>Whether a batch reads its rows itself, through <see cref="RowBatch.ReadNext"/>, as it has room for them, and gives up
    /// its first row as soon as the cursor has passed it. Otherwise as many rows as <see cref="BatchSize"/> come and go together.</summary>
    public virtual bool IsContinuous => false;

    /// <summary>The input columns that added columns are computed from.</summary>
    /// <param name="isNeeded">Whether an added column, counted from 0, is needed; at least one is.</param>
    public abstract IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded);

    /// <summary>A batch that reads rows from <paramref name="input"/>, whose columns <see cref="InputsFor"/> are active.</summary>
    /// <param name="input">The row or cursor to read from.</param>
    /// <param name="isNeeded">As in <see cref="InputsFor"/>.</param>
    public abstract RowBatch CreateBatch(DataViewRow input, Func<int, bool> isNeeded);

    /// <summary>Whether a set of output column flags contains an added column.</summary>
    public bool NeedsAdded(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    /// <summary>Flags of the given output columns.</summary>
    /// <exception cref="ArgumentException">A column is not one of the output's.</exception>
    public bool[] Flags(IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var flags = new bool[OutputSchema.Count];
        foreach (var column in columns)
        {
            if (column.Index >= flags.Length || OutputSchema[column.Index].Name != column.Name)
                throw new ArgumentException($"Column '{column.Name}' is not one of this data.", nameof(columns));
            flags[column.Index] = true;
        }
        return flags;
    }

    /// <summary>The error for a getter of another type than its column's.</summary>
    public static Exception WrongType<TValue>(DataViewSchema.Column column) =>
        new InvalidOperationException($"Invalid TValue '{typeof(TValue)}' for column '{column.Name}' of type '{column.Type}'.");
}
