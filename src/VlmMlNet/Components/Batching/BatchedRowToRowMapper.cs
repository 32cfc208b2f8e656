using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Components.Batching;

/// <summary>One row at a time, as PredictionEngine asks for it: a batch of one, computed once per position.</summary>
internal sealed class BatchedRowToRowMapper(BatchMapping mapping) : IRowToRowMapper
{
    public DataViewSchema InputSchema => mapping.InputSchema;

    public DataViewSchema OutputSchema => mapping.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        bool[] needed = mapping.Flags(dependingColumns);
        var direct = InputSchema.Where(c => needed[c.Index]);
        return mapping.NeedsAdded(needed) ? direct.Union(mapping.InputsFor(c => needed[InputSchema.Count + c])).ToArray() : direct.ToArray();
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Schema != InputSchema)
            throw new ArgumentException("Schema of input row must be the same as the schema the mapper is bound to", nameof(input));
        return new BatchedRow(mapping, input, mapping.Flags(activeColumns));
    }
}
