using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VlmMlNet.Cpu.Threads;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Benchmarks;

/// <summary>How fast threads read memory that no cache holds: the limit of decoding.</summary>
internal sealed unsafe class ReadBandwidth : IDisposable
{
    public const long Length = 256L << 20;
    private const int Piece = 256 * 1024;
    private readonly NativeBuffer _memory = new(Length);
    private readonly ComputeTeam _team;
    private readonly ChunkWork _read;
    private long _sum;

    public ReadBandwidth(int threads)
    {
        _team = new ComputeTeam(threads);
        _read = (chunk, _) => Interlocked.Add(ref _sum, Sum(_memory.Data + chunk * (long)Piece));
    }

    /// <summary>Seconds of one pass over the memory.</summary>
    public double Measure()
    {
        var watch = Stopwatch.StartNew();
        _team.Run(_read, (int)(Length / Piece), _team.MaxSize);
        return watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _team.Dispose();
        _memory.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Sum(byte* data)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (int i = 0; i < Piece; i += 256)
        {
            a += Vector512.Load((long*)(data + i));
            b += Vector512.Load((long*)(data + i + 64));
            c += Vector512.Load((long*)(data + i + 128));
            d += Vector512.Load((long*)(data + i + 192));
        }
        return Vector512.Sum(a + b + (c + d));
    }
}
