using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.Training.Batches;

/// <summary>Lays the examples of a batch into rows so that the rectangle of all rows costs least.</summary>
/// <remarks>
/// A model pays for padding, and for attention between examples that share a row although the mask forbids it: the work on a row
/// of T tokens is that of T (1 + T / <see cref="EvenLength"/>) tokens without attention. For each possible number of rows the
/// longest example goes first, each into the row that is least full (Graham's rule of 1969, which ends within 4/3 of the best);
/// the number of rows with the least work is taken. First-fit would fill all rows but the last, and that one's padding is paid
/// for like all else.
/// </remarks>
internal static class PackedRows
{
    private const int MostTries = 64;

    /// <summary>The length of a row at which attention takes as long as all else of a layer. An estimate: attention under
    /// a mask is taken to run at a third of the speed of matrix products (<c>-- packing</c> of the benchmarks measures it).</summary>
    public static double EvenLength(Qwen2Config config)
    {
        const double speed = 0.33;
        double products = 2.0 * config.HiddenSize + 2.0 * config.NumKeyValueHeads * config.HeadSize + 3.0 * config.IntermediateSize;
        return speed * products / 2; // against two products of T tokens, forward
    }

    /// <summary>The examples of each row by number; in a row and among rows in their order.</summary>
    /// <param name="lengths">Tokens of each example.</param>
    /// <param name="longestRow">Most tokens of a row. A longer example has one of its own.</param>
    /// <param name="evenLength">As <see cref="EvenLength"/> gives it.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Of(IReadOnlyList<int> lengths, int longestRow, double evenLength)
    {
        int[] byLength = [.. Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i])]; // a stable sort
        int most = Math.Max(longestRow, lengths[byLength[0]]);
        int fewest = (int)((lengths.Sum(l => (long)l) + most - 1) / most), step = Math.Max(1, (lengths.Count - fewest) / MostTries);
        int[] best = [.. Enumerable.Range(0, lengths.Count)];
        double least = Work(lengths.Count, lengths[byLength[0]]);
        // From many rows to few: of equal ones the first has the least attention.
        for (int rows = lengths.Count - 1; rows >= fewest; rows -= step)
        {
            int[] row = Fill(lengths, byLength, rows, out int longest);
            if (longest > most || Work(rows, longest) is var work && work >= least)
                continue;
            (best, least) = (row, work);
        }
        return [.. Enumerable.Range(0, lengths.Count).GroupBy(i => best[i]).Select(row => (IReadOnlyList<int>)[.. row])];

        double Work(int rows, double length) => rows * length * (1 + length / evenLength);
    }

    private static int[] Fill(IReadOnlyList<int> lengths, int[] byLength, int rows, out int longest)
    {
        var row = new int[lengths.Count];
        var filled = new PriorityQueue<(int Row, int Length), (int Length, int Row)>(rows);
        for (int i = 0; i < rows; i++)
            filled.Enqueue((i, 0), (0, i));
        longest = 0;
        foreach (int i in byLength)
        {
            var (to, length) = filled.Dequeue();
            row[i] = to;
            length += lengths[i];
            longest = Math.Max(longest, length);
            filled.Enqueue((to, length), (length, to));
        }
        return row;
    }
}
