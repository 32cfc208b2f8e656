namespace VlmMlNet.Training.Examples;

/// <summary>One pass over a <see cref="TrainingSet"/> that can start anywhere.</summary>
/// <param name="data">The examples.</param>
/// <param name="seed">With the pass it decides the order.</param>
/// <param name="pass">The number of the pass: each has another order.</param>
/// <param name="window">How far examples move; null for the order of the source.</param>
/// <remarks>The order has two parts: the source exchanges whole parts of itself (files, row groups, stretches of a file), where
/// it can, and a window that moves forward over that is filled, shuffled and emptied. Nothing depends on what happened
/// before the window, which is why a pass can go on from there.</remarks>
internal sealed class ExampleStream(TrainingSet data, long seed, int pass, ShuffleWindow? window)
{
    // TokenMasking's numbers are those from 0 up.
    private const long OrderOfParts = -1, OrderOfWindow = -2;

    /// <summary>The examples from a place on, each with the place behind it.</summary>
    public IEnumerable<(TrainingExample Example, StreamPosition Next)> Read(StreamPosition start = default)
    {
        var place = start with { Example = start.WindowExample };
        var held = new List<TrainingExample>();
        using var rows = data.ReadRows(window is null ? null : SeededRandom.For(seed, pass, OrderOfParts), start.WindowRow).GetEnumerator();
        while (Fill(rows, held) is > 0 and var rowCount)
        {
            if (window is not null)
                SeededRandom.For(seed, pass, OrderOfWindow - place.Window).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held));
            var following = new StreamPosition(place.WindowExample + held.Count, place.Window + 1, place.WindowExample + held.Count, place.WindowRow + rowCount);
            for (int i = 0; i < held.Count; i++)
            {
                place = place with { Example = place.Example + 1 };
                var example = held[i];
                held[i] = null!; // its picture need not wait for the others
                if (place.Example > start.Example)
                    yield return (example, i + 1 < held.Count ? place : following);
            }
            place = following;
        }
    }

    private long Fill(IEnumerator<IReadOnlyList<TrainingExample>> rows, List<TrainingExample> held)
    {
        held.Clear();
        long bytes = 0, count = 0;
        // Without a window one row after the other.
        while (held.Count < (window?.Examples ?? 1) && bytes < (window?.Bytes ?? 1) && rows.MoveNext())
        {
            count++;
            held.AddRange(rows.Current);
            foreach (var example in rows.Current)
                bytes += example.HeldBytes;
        }
        return count;
    }
}
