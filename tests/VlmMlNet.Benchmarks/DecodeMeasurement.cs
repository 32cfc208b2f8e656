using System.Diagnostics;
using VlmMlNet.Cpu.Language;

namespace VlmMlNet.Benchmarks;

/// <summary>A prompt of 300 tokens and 64 more for each of some sequences, with the memory's bandwidth between the steps.</summary>
internal sealed class DecodeMeasurement(PackedDecoder decoder, int threads, int batch) : IDisposable
{
    public const int Prompt = 300, Tokens = 64;
    private const int TokensPerRead = 8;
    private readonly PackedSession _session = decoder.OpenSession(batch, Prompt + Tokens + 1, threads);
    private readonly ReadBandwidth _bandwidth = new(threads);

    public List<Run> Runs { get; } = [];

    /// <param name="Prefill">Tokens per second of the prompt.</param>
    /// <param name="Decode">Steps per second.</param>
    /// <param name="Read">Bytes per second that the threads read between steps.</param>
    /// <param name="Share">Bytes of weights read per second, as a part of that.</param>
    /// <param name="Allocated">Managed bytes per step.</param>
    public sealed record Run(double Prefill, double Decode, double Read, double Share, double Allocated);

    /// <summary>The middle of the runs.</summary>
    public double Median(Func<Run, double> select) => Statistics.Median(Runs.Select(select));

    /// <summary>The lowest and the highest of the runs.</summary>
    public (double Lowest, double Highest) Range(Func<Run, double> select) => (Runs.Min(select), Runs.Max(select));

    /// <summary>Runs once before the runs that count.</summary>
    public void Measure(int runs)
    {
        MeasureOnce();
        for (int run = 0; run < runs; run++)
            Runs.Add(MeasureOnce());
    }

    public void Dispose()
    {
        _session.Dispose();
        _bandwidth.Dispose();
    }

    private Run MeasureOnce()
    {
        int[] prompt = [.. Enumerable.Range(0, Prompt).Select(i => 1000 + 7 * i)];
        int[] slots = [.. Enumerable.Range(0, batch)], tokens = new int[batch];
        _session.Truncate(0, 0);
        var watch = Stopwatch.StartNew();
        _session.Append(0, prompt);
        double prefill = Prompt / watch.Elapsed.TotalSeconds;
        for (int slot = 1; slot < batch; slot++)
            _session.Copy(0, slot);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        // By turns, so that what else the machine does touches both alike.
        double stepping = 0, reading = 0;
        for (int i = 0; i < Tokens; i++)
        {
            watch.Restart();
            for (int slot = 0; slot < batch; slot++)
                tokens[slot] = _session.MostLikely(slot);
            _session.Step(slots, tokens);
            stepping += watch.Elapsed.TotalSeconds;
            if (i % TokensPerRead == TokensPerRead - 1)
                reading += _bandwidth.Measure();
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double decode = Tokens / stepping, read = Tokens / TokensPerRead * ReadBandwidth.Length / reading;
        return new Run(prefill, decode, read, decode * decoder.BytesPerToken / read, allocated / (double)Tokens);
    }
}
