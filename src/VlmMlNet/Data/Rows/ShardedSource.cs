namespace VlmMlNet.Data.Rows;

/// <summary>Files of one format, read one after the other as one data set.</summary>
internal sealed class ShardedSource<TRow>(string pattern, DataReaderOptions options, IReadOnlyList<RowSource<TRow>> shards) : RowSource<TRow>(pattern, options)
{
    public override IReadOnlyList<RowColumn<TRow>> Columns => shards[0].Columns;

    public override long? RowCount
    {
        get
        {
            long? sum = 0;
            foreach (RowSource<TRow> shard in shards)
                sum += shard.RowCount;
            return sum;
        }
    }

    public override IEnumerable<TRow> Read(Func<string, bool> active, BadRowLog.Pass badRows) => shards.SelectMany(shard => shard.Read(active, badRows));
}
