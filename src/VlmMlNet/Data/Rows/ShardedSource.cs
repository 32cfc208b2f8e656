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

    public override RowIndex? Index
    {
        get
        {
            var all = new RowIndex();
            for (int i = 0; i < shards.Count; i++)
            {
                if (shards[i].Index is not { } index)
                    return null;
                foreach (RowPart part in index.Parts)
                    all.Add(part.Start with { Shard = i }, part.Rows, Options.Take ?? long.MaxValue);
            }
            return all;
        }
    }

    public override IEnumerable<TRow> Read(RowReading reading)
    {
        for (int i = reading.Start.Shard; i < shards.Count; i++)
        {
            if (i > reading.Start.Shard)
                reading.Turn(i);
            foreach (TRow row in shards[i].Read(reading))
                yield return row;
        }
    }
}
