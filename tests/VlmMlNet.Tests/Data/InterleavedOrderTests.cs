using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>The order in which sources that are read together take turns.</summary>
public class InterleavedOrderTests
{
    [Fact]
    public void Every_order_is_equally_probable()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int seed = 0; seed < 6000; seed++)
        {
            var order = new InterleavedOrder([2, 2], new Random(seed));
            string turns = "";
            for (int source; (source = order.Next()) >= 0;)
                turns += source;
            counts[turns] = counts.GetValueOrDefault(turns) + 1;
        }
        Assert.Equal(["0011", "0101", "0110", "1001", "1010", "1100"], counts.Keys);
        Assert.All(counts.Values, count => Assert.InRange(count, 870, 1130)); // 1000, four and a half standard deviations
    }

    [Fact]
    public void Rows_that_are_passed_over_leave_what_comes_after_them_as_it_is()
    {
        InterleavedOrder Open() => new([3, 0, 5, 1], new Random(4));
        var whole = Open();
        int[] turns = [.. Enumerable.Range(0, 10).Select(_ => whole.Next())];
        Assert.Equal(-1, turns[9]);
        for (int rows = 0; rows < 12; rows++)
        {
            var rest = Open();
            long[] skipped = rest.Skip(rows);
            for (int source = 0; source < 4; source++)
                Assert.Equal(turns.Take(rows).Count(t => t == source), skipped[source]);
            foreach (int turn in turns.Skip(rows))
                Assert.Equal(turn, rest.Next());
        }
    }
}
