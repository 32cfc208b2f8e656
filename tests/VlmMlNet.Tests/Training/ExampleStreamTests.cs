using VlmMlNet.Imaging;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

public sealed class ExampleStreamTests
{
    [Theory]
    [InlineData(1000)] // in one window
    [InlineData(16)]
    [InlineData(1)]
    public void A_shuffled_pass_has_each_example_once_in_an_order_that_seed_and_pass_decide(int window)
    {
        var data = Numbers(100);
        int[] first = Ids(data.ReadShuffled(7, 0, window)), same = Ids(data.ReadShuffled(7, 0, window));
        int[] otherPass = Ids(data.ReadShuffled(7, 1, window)), otherSeed = Ids(data.ReadShuffled(8, 0, window));
        Assert.Equal(first, same);
        Assert.Equal(Enumerable.Range(0, 100), first.Order());
        if (window == 1)
            return; // nothing can move
        Assert.NotEqual(Enumerable.Range(0, 100), first);
        Assert.NotEqual(first, otherPass);
        Assert.NotEqual(first, otherSeed);
        Assert.All(first.Select((id, place) => (id, place)), x => Assert.InRange(Math.Abs(x.id - x.place), 0, window));
    }

    [Fact]
    public void The_window_is_as_large_as_its_pictures_allow()
    {
        long read = 0;
        var data = new TrainingSet(1000, () => Enumerable.Range(0, 1000).Select(i =>
        {
            read++;
            return TrainingExample.Caption($"{i}", ImageSource.FromBytes(new byte[100], "p"), "", "");
        }));
        using var examples = data.ReadShuffled(1, 0, bufferBytes: 2500).GetEnumerator();
        Assert.True(examples.MoveNext());
        Assert.Equal(25, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_pass_goes_on_from_every_place_as_if_it_had_not_stopped(int? window)
    {
        var data = TrainingSet.Concat([Numbers(23), CaptionsOf([2, 0, 0, 3, 1, 5, 0, 2], 100), TrainingSet.FromList([.. Numbers(9).Read()])]);
        var stream = new ExampleStream(data, 3, 2, window is { } size ? new ShuffleWindow(size, long.MaxValue) : null);
        var whole = stream.Read().ToList();
        Assert.Equal(23 + 13 + 9, whole.Count);
        Assert.Equal(data.Count, whole.Count);
        Assert.Equal(Enumerable.Range(1, whole.Count), whole.Select(e => (int)e.Next.Example));
        for (int i = 0; i < whole.Count; i++)
        {
            var rest = stream.Read(whole[i].Next).ToList();
            Assert.Equal(whole.Skip(i + 1).Select(e => e.Example.Id), rest.Select(e => e.Example.Id));
            Assert.Equal(whole.Skip(i + 1).Select(e => e.Next), rest.Select(e => e.Next));
        }
    }

    [Fact]
    public void Joined_sets_follow_each_other_or_are_spread_evenly()
    {
        var data = TrainingSet.Concat([Numbers(900), Numbers(100, from: 900)]);
        Assert.Equal(Enumerable.Range(0, 1000), Ids(data.Read()));
        int[] shuffled = Ids(data.ReadShuffled(1, 0, 1));
        Assert.Equal(Enumerable.Range(0, 1000), shuffled.Order());
        Assert.All(shuffled.Chunk(200), part => Assert.InRange(part.Count(id => id >= 900), 8, 34));
    }

    [Fact]
    public void Each_pass_spreads_joined_sets_in_another_way()
    {
        var data = TrainingSet.Concat([Numbers(50), Numbers(50, from: 50)]);
        int[][] passes = [.. Enumerable.Range(0, 3).Select(pass => Ids(data.ReadShuffled(1, pass, 1)))]; // within windows of one nothing moves
        Assert.Equal(3, passes.Select(pass => string.Join(' ', pass)).Distinct().Count());
    }

    [Fact]
    public void Each_window_is_shuffled_in_another_way()
    {
        int[] ids = Ids(Numbers(100).ReadShuffled(7, 0, 10));
        Assert.True(ids.Chunk(10).Select(window => string.Join(' ', window.Select(id => id % 10))).Distinct().Count() > 8);
    }

    [Fact]
    public void A_changed_set_keeps_order_and_places()
    {
        var data = Numbers(50);
        var changed = data.Select(e => e with { Id = "1" + e.Id });
        Assert.Equal(data.Count, changed.Count);
        Assert.Equal(Ids(data.ReadShuffled(5, 1, 10)).Select(id => int.Parse($"1{id}")), Ids(changed.ReadShuffled(5, 1, 10)));
    }

    private static int[] Ids(IEnumerable<TrainingExample> examples) => [.. examples.Select(e => int.Parse(e.Id))];

    private static TrainingSet Numbers(int count, int from = 0) => new(count, () => Enumerable.Range(from, count).Select(i => new TrainingExample($"{i}", [], [])));

    /// <summary>A row for each number, with so many examples.</summary>
    private static TrainingSet CaptionsOf(int[] counts, int from) => new(counts.Sum(), counts.Length, (order, first) =>
        counts.Select((count, row) => (IReadOnlyList<TrainingExample>)[.. Enumerable.Range(0, count).Select(i => new TrainingExample($"{from + 10 * row + i}", [], []))]).Skip((int)first));
}
