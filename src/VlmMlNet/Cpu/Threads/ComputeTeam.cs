namespace VlmMlNet.Cpu.Threads;

/// <summary>A few threads that share short pieces of work, hundreds of times per token. Between two pieces they spin briefly;
/// when nothing comes they sleep. A thread starts when it is first wanted.</summary>
/// <remarks>The caller is a member of the team and takes chunks like the others, so that a member that the system has taken
/// off its core delays nothing but the chunk it holds.</remarks>
internal sealed class ComputeTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000, SpinsBeforeYield = 2000;
    private readonly Lock _gate = new(); // of Run
    private readonly object _bed = new();
    private readonly List<Thread> _threads = [];
    private ChunkWork? _work;
    private Exception? _failure;
    private int _chunks, _members;
    private int _unclaimed;  // chunks that nobody has taken
    private int _unfinished; // chunks that are not done
    private int _sleepers;
    private volatile bool _ends;

    /// <param name="maxSize">Most members, the caller included.</param>
    public ComputeTeam(int maxSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSize);
        MaxSize = maxSize;
    }

    /// <summary>Most members, the caller included.</summary>
    public int MaxSize { get; }

    /// <summary>The members that have started, without the caller.</summary>
    public IReadOnlyList<Thread> Threads => _threads;

    /// <summary>Does all chunks of a piece of work and returns when they are done. Callers on several threads take turns.</summary>
    /// <param name="work">The work.</param>
    /// <param name="chunks">How many chunks.</param>
    /// <param name="members">How many threads may work on it, the caller included.</param>
    public void Run(ChunkWork work, int chunks, int members)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ends, this);
            members = Math.Min(members, MaxSize);
            if (members == 1 || chunks == 1)
            {
                for (int i = 0; i < chunks; i++)
                    work(i, 0);
                return;
            }
            while (_threads.Count < members - 1)
                Start();
            (_work, _chunks, _members, _unfinished) = (work, chunks, members, chunks);
            Interlocked.Exchange(ref _unclaimed, chunks); // publishes the fields above, and orders the read below
            if (Volatile.Read(ref _sleepers) > 0)
                lock (_bed)
                    Monitor.PulseAll(_bed);
            while (TakeChunk(0))
            {
            }
            for (int spins = 0; Volatile.Read(ref _unfinished) > 0;)
            {
                if (++spins < SpinsBeforeYield)
                    Thread.SpinWait(1);
                else
                    Thread.Yield();
            }
            _work = null;
            if (_failure is { } failure)
            {
                _failure = null;
                throw new InvalidOperationException($"A thread of the decoder failed: {failure.Message}", failure);
            }
        }
    }

    /// <summary>Ends the threads, after the work that they are doing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ends = true;
            lock (_bed)
                Monitor.PulseAll(_bed);
        }
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Start()
    {
        int worker = _threads.Count + 1;
        var thread = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"VlmMlNet decoder {worker}" };
        thread.Start();
        _threads.Add(thread);
    }

    // A chunk that is claimed keeps the piece of work it belongs to from ending: what is read after the claim belongs to it.
    private bool TakeChunk(int worker)
    {
        int left = Volatile.Read(ref _unclaimed);
        if (left == 0 || worker >= Volatile.Read(ref _members))
            return false;
        if (Interlocked.CompareExchange(ref _unclaimed, left - 1, left) != left)
            return true; // another was faster: look again
        try
        {
            _work!(_chunks - left, worker);
        }
        catch (Exception e)
        {
            _failure = e;
        }
        Interlocked.Decrement(ref _unfinished);
        return true;
    }

    private void Serve(int worker)
    {
        int spins = 0;
        while (!_ends)
        {
            if (TakeChunk(worker))
                spins = 0;
            else if (++spins < SpinsBeforeSleep)
                Thread.SpinWait(1);
            else
            {
                Sleep(worker);
                spins = 0;
            }
        }
    }

    private void Sleep(int worker)
    {
        lock (_bed)
        {
            Interlocked.Increment(ref _sleepers); // from here on Run sees it, or its chunks are seen here
            while ((Volatile.Read(ref _unclaimed) == 0 || worker >= Volatile.Read(ref _members)) && !_ends)
                Monitor.Wait(_bed);
            Interlocked.Decrement(ref _sleepers);
        }
    }
}
