using System.Diagnostics;
using System.Globalization;
using VlmMlNet.Cpu.Language;

namespace VlmMlNet.Benchmarks;

/// <summary>Decodes some tokens for every line on the standard input and prints how long they took, so that another program can
/// alternate two engines faster than the machine changes its speed.</summary>
internal static class DecodeTurns
{
    private const int Prompt = DecodeMeasurement.Prompt, Tokens = DecodeMeasurement.Tokens;

    /// <summary>Each line is a number of tokens; the answer is their time in milliseconds. An empty line or the end of the input
    /// ends.</summary>
    public static void Run(PackedDecoder decoder, int threads)
    {
        using var session = decoder.OpenSession(1, Prompt + Tokens + 1, threads);
        int[] prompt = [.. Enumerable.Range(0, Prompt).Select(i => 1000 + 7 * i)], slots = [0], token = new int[1];
        session.Append(0, prompt);
        int position = 0;
        Console.WriteLine("ready");
        while (Console.ReadLine() is { Length: > 0 } line)
        {
            int count = int.Parse(line, CultureInfo.InvariantCulture);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++, position++)
            {
                token[0] = session.MostLikely(0);
                if (position % Tokens == 0)
                    session.Truncate(0, Prompt);
                session.Step(slots, token);
            }
            Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
        }
    }
}
