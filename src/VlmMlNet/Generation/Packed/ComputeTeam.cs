namespace VlmMlNet.Generation.Packed;

/// <summary>A few threads that share short pieces of work, hundreds of times per token. Between two pieces they spin briefly;
/// when nothing comes they sleep.</summary>
/// <remarks>The caller is a member of the team and takes chunks like the others, so that a member that the system has taken
/// off its core delays nothing but the chunk it holds.</remarks>
internal sealed class ComputeTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000, SpinsBeforeYield = 2000;
    private readonly Thread[] _threads;
    private readonly Lock _gate = new(); // of Run
    private readonly object _bed = new();
    private ChunkWork? _work;
    private Exception? _failure;
    private int _chunks;
    private int _unclaimed;  // chunks that nobody has taken
    private int _unfinished; // chunks that are not done
    private int _sleepers;
    private volatile bool _ends;

    /// <param name="size">Members, the caller included.</param>
    public ComputeTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _threads = new Thread[size - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"VlmMlNet decoder {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Members, the caller included.</summary>
    public int Size => _threads.Length + 1;

    /// <summary>Does all chunks of a piece of work and returns when they are done. Callers on several threads take turns.</summary>
    public void Run(ChunkWork work, int chunks)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ends, this);
            if (_threads.Length == 0 || chunks == 1)
            {
                for (int i = 0; i < chunks; i++)
                    work(i, 0);
                return;
            }
            (_work, _chunks, _unfinished) = (work, chunks, chunks);
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

    // A chunk that is claimed keeps the piece of work it belongs to from ending: what is read after the claim belongs to it.
    private bool TakeChunk(int worker)
    {
        int left = Volatile.Read(ref _unclaimed);
        if (left == 0)
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
                Sleep();
                spins = 0;
            }
        }
    }

    private void Sleep()
    {
        lock (_bed)
        {
            Interlocked.Increment(ref _sleepers); // from here on Run sees it, or its chunks are seen here
            while (Volatile.Read(ref _unclaimed) == 0 && !_ends)
                Monitor.Wait(_bed);
            _sleepers--;
        }
    }
}
