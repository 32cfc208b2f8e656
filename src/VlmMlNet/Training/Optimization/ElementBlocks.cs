using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Work on each number of a tensor for itself, on as many threads as libtorch has.</summary>
internal static class ElementBlocks
{
    /// <summary>Numbers that one thread takes at a time; a multiple of every smaller block here.</summary>
    private const int Length = 1 << 16;

    /// <summary>Runs over [0, count) in pieces. Which thread takes which piece changes no result.</summary>
    /// <param name="count">Numbers.</param>
    /// <param name="body">Receives the piece's first number and the number behind its last.</param>
    public static void Run(long count, Action<long, long> body)
    {
        if (count <= Length)
        {
            body(0, count);
            return;
        }
        var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0, (count + Length - 1) / Length, options, i => body(i * Length, Math.Min(count, (i + 1) * Length)));
    }
}
