using System.Globalization;

namespace VlmMlNet.Benchmarks;

/// <summary>What may stand behind a mode: names of precisions, and <c>name=N</c>.</summary>
internal sealed class BenchmarkOptions(IReadOnlyList<string> args)
{
    /// <summary>Threads that work. Default: all cores.</summary>
    public int Threads => Number("threads", Environment.ProcessorCount);

    /// <summary>Runs that count, behind one that does not. Default 5.</summary>
    public int Runs => Number("runs", 5);

    /// <summary>A folder; null where none is named.</summary>
    public string? Folder => Text("folder");

    /// <summary>A whole number.</summary>
    public int Number(string name, int otherwise) => Text(name) is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Whether a word stands there.</summary>
    public bool Has(string word) => args.Contains(word);

    /// <summary>The precisions that are named, or others where none is.</summary>
    public IReadOnlyList<WeightPrecision> Precisions(IReadOnlyList<WeightPrecision> otherwise)
    {
        WeightPrecision[] named = [.. args.Where(a => Enum.TryParse<WeightPrecision>(a, ignoreCase: true, out _)).Select(name => Enum.Parse<WeightPrecision>(name, ignoreCase: true))];
        return named.Length > 0 ? named : otherwise;
    }

    private string? Text(string name) => args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
