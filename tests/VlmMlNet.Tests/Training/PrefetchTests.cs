using VlmMlNet.Training.Batches;

namespace VlmMlNet.Tests.Training;

public sealed class PrefetchTests
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);
    private readonly List<Item> _made = [];
    private Thread? _thread;
    private bool _ended;

    private sealed class Item(int number) : IDisposable
    {
        public int Number { get; } = number;

        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }

    private IEnumerable<Item> Source(int count, int? failsAt = null)
    {
        _thread = Thread.CurrentThread;
        try
        {
            for (int i = 0; i < count; i++)
            {
                if (i == failsAt)
                    throw new InvalidDataException($"item {i}");
                var item = new Item(i);
                lock (_made)
                    _made.Add(item);
                yield return item;
            }
        }
        finally
        {
            _ended = true;
        }
    }

    private int Made
    {
        get
        {
            lock (_made)
                return _made.Count;
        }
    }

    [Fact]
    public void Items_come_in_order_from_another_thread_and_belong_to_the_taker()
    {
        var taken = Prefetch.Run(Source(500), 3).ToList();
        Assert.Equal(Enumerable.Range(0, 500), taken.Select(i => i.Number));
        Assert.All(taken, i => Assert.Equal(0, i.Disposals));
        Assert.NotSame(Thread.CurrentThread, _thread);
        AssertStopped();
    }

    [Fact]
    public void No_more_is_made_than_the_bound_allows()
    {
        using var items = Prefetch.Run(Source(500), 3).GetEnumerator();
        for (int taken = 1; taken <= 20; taken++)
        {
            Assert.True(items.MoveNext());
            Assert.True(SpinWait.SpinUntil(() => Made >= taken + 3, s_wait));
            Thread.Sleep(1);
            Assert.InRange(Made, taken + 3, taken + 4); // those that wait, and one that waits to wait
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    public void An_exception_is_thrown_where_its_item_would_have_been(int place)
    {
        int taken = 0;
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var item in Prefetch.Run(Source(100, place), 4))
            {
                SpinWait.SpinUntil(() => _ended, 2); // the other thread is ahead
                Assert.Equal(taken++, item.Number);
            }
        });
        Assert.Equal(place, taken);
        Assert.Equal($"item {place}", error.Message);
        Assert.Contains(nameof(Source), error.StackTrace, StringComparison.Ordinal);
        AssertStopped();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Early_disposal_disposes_what_was_made_ahead_and_ends_the_thread(int takes)
    {
        using (var items = Prefetch.Run(Source(int.MaxValue), 4).GetEnumerator())
        {
            for (int i = 0; i < takes; i++)
                Assert.True(items.MoveNext());
            if (takes == 30)
                Assert.True(SpinWait.SpinUntil(() => Made == takes + 5, s_wait)); // the thread is waiting for room
        }
        AssertStopped();
        Assert.All(_made.Take(takes), i => Assert.Equal(0, i.Disposals));
        Assert.All(_made.Skip(takes), i => Assert.Equal(1, i.Disposals));
    }

    [Fact]
    public void An_exception_of_the_taker_ends_the_thread_too()
    {
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var item in Prefetch.Run(Source(int.MaxValue), 2))
                if (item.Number == 5)
                    throw new OperationCanceledException();
        });
        AssertStopped();
    }

    [Fact]
    public void What_is_not_taken_is_not_started()
    {
        var items = Prefetch.Run(Source(5), 2);
        using (items.GetEnumerator())
        {
        }
        Assert.Null(_thread);
        Assert.Equal(5, items.Count());
    }

    private void AssertStopped()
    {
        Assert.True(_ended, "the source was not disposed");
        Assert.True(SpinWait.SpinUntil(() => !_thread!.IsAlive, s_wait), "the thread is still there");
    }
}
