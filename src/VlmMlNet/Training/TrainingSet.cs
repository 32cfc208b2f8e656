namespace VlmMlNet.Training;

/// <summary>Examples that can be read again and again in the same order.</summary>
/// <param name="count">How many there are.</param>
/// <param name="read">Reads them from the start.</param>
public sealed class TrainingSet(long count, Func<IEnumerable<TrainingExample>> read)
{
    /// <summary>How many examples one pass has.</summary>
    public long Count { get; } = count;

    /// <summary>One pass, in the order of the source.</summary>
    public IEnumerable<TrainingExample> Read() => read();

    /// <summary>Examples in memory.</summary>
    public static TrainingSet FromList(IReadOnlyList<TrainingExample> examples) => new(examples.Count, () => examples);

    /// <summary>One pass in an order that the seed decides, through a buffer of bounded size: what is read is exchanged for a
    /// random one of the buffer. A set smaller than the buffer is shuffled wholly.</summary>
    /// <param name="seed">Equal seeds and epochs give equal orders.</param>
    /// <param name="epoch">The pass.</param>
    /// <param name="bufferSize">Most examples held.</param>
    /// <param name="bufferBytes">Most bytes of encoded pictures held.</param>
    public IEnumerable<TrainingExample> ReadShuffled(long seed, int epoch, int bufferSize = 16384, long bufferBytes = 256L << 20)
    {
        var random = SeededRandom.For(seed, epoch);
        var buffer = new List<TrainingExample>();
        long held = 0;
        foreach (var example in Read())
        {
            buffer.Add(example);
            held += Bytes(example);
            while (buffer.Count > bufferSize || held > bufferBytes && buffer.Count > 1)
                yield return Take();
        }
        while (buffer.Count > 0)
            yield return Take();

        TrainingExample Take()
        {
            int i = random.Next(buffer.Count);
            var taken = buffer[i];
            buffer[i] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
            held -= Bytes(taken);
            return taken;
        }
    }

    private static long Bytes(TrainingExample example) => example.Images.Sum(i => i.HeldBytes);
}
