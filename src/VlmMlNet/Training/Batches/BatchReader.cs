using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Features;

namespace VlmMlNet.Training.Batches;

/// <summary>The batches of a pass over the data, from any place on. Runs on the prefetch thread.</summary>
internal sealed class BatchReader(VisionLanguageModel model, TrainingSet data, TrainingStage stage, TrainingRun run, FeatureCache? cache = null)
{
    private const int BatchesOfGroup = 50;
    private const long OrderOfGroups = long.MinValue; // with an example's number: none of the stream's
    private readonly ExampleEncoder _encoder = new(model, stage, run);
    private long _unreadable;

    /// <summary>Examples left out so far.</summary>
    public long Skipped => _encoder.Skipped + _unreadable;

    /// <summary>The batches of one epoch, in order.</summary>
    /// <param name="epoch">The pass.</param>
    /// <param name="start">The place in it to start at.</param>
    public IEnumerable<TrainingBatch> Read(int epoch, StreamPosition start = default) =>
        stage.BatchLayout == BatchLayout.Grouped ? ReadGrouped(epoch, start) : ReadInOrder(epoch, start);

    private IEnumerable<TrainingBatch> ReadInOrder(int epoch, StreamPosition start)
    {
        using var builder = new BatchBuilder(model, stage, run, cache);
        var waiting = new List<EncodedExample>();
        var place = start;
        foreach (var (example, next) in Encoded(epoch, start))
        {
            place = next;
            if (example is null)
                continue;
            waiting.Add(example);
            if (builder.Count + waiting.Count < stage.BatchSize)
                continue;
            _unreadable += builder.Add(waiting);
            waiting.Clear();
            if (builder.Count == stage.BatchSize) // else unreadable pictures were left out, and others take their place
                yield return builder.Make(place, Skipped);
        }
        _unreadable += builder.Add(waiting);
        if (builder.Count > 0)
            yield return builder.Make(place, Skipped);
    }

    private IEnumerable<TrainingBatch> ReadGrouped(int epoch, StreamPosition start)
    {
        int size = Math.Max(1, Math.Min(BatchesOfGroup, ShuffleWindow.Default.Examples / stage.BatchSize)) * stage.BatchSize;
        var group = new List<EncodedExample>();
        var begin = start with { GroupBatches = 0 };
        long bytes = 0, passed = start.GroupBatches, skippedBefore = Skipped;
        var place = begin;
        foreach (var (example, next) in Encoded(epoch, begin))
        {
            place = next;
            if (example is not null)
            {
                group.Add(example);
                bytes += example.Example.HeldBytes;
            }
            if (group.Count < size && (bytes < ShuffleWindow.Default.Bytes || group.Count == 0 || group.Count % stage.BatchSize > 0))
                continue;
            foreach (var batch in Batches(group, epoch, begin, passed, place, skippedBefore))
                yield return batch;
            group.Clear();
            (begin, bytes, passed, skippedBefore) = (place, 0, 0, Skipped);
        }
        foreach (var batch in Batches(group, epoch, begin, passed, place, skippedBefore))
            yield return batch;
    }

    // A run that goes on within a group reads the group again, and passes over the batches that it has had.
    private IEnumerable<TrainingBatch> Batches(List<EncodedExample> group, int epoch, StreamPosition begin, long passed, StreamPosition end, long skippedBefore)
    {
        var batches = group.OrderBy(e => e.Row.TokenIds.Length).Chunk(stage.BatchSize).ToArray();
        if (run.Shuffle)
            SeededRandom.For(run.Seed, epoch, OrderOfGroups + begin.Example).Shuffle(batches);
        using var builder = new BatchBuilder(model, stage, run, cache);
        long unreadableBefore = _unreadable;
        for (long i = passed; i < batches.Length; i++)
        {
            _unreadable += builder.Add(batches[i]);
            bool isLast = i + 1 == batches.Length;
            if (builder.Count > 0)
                yield return builder.Make(isLast ? end : begin with { GroupBatches = i + 1 }, isLast ? Skipped : skippedBefore + _unreadable - unreadableBefore);
        }
    }

    private IEnumerable<(EncodedExample? Example, StreamPosition Next)> Encoded(int epoch, StreamPosition start)
    {
        foreach (var (example, next) in new ExampleStream(data, run.Seed, epoch, run.Shuffle ? ShuffleWindow.Default : null).Read(start))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            yield return (_encoder.TryEncode(example, epoch, next.Example - 1), next);
        }
    }
}
