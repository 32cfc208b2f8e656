using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>Of products: bytes of weights read, or multiplications and additions done, per nanosecond.</summary>
internal sealed class RateColumn(string name, string legend, Func<WeightFormat, int, int, int, double> amount) : IColumn
{
    public static RateColumn Bytes { get; } = new("GB/s", "Bytes of weights read per nanosecond", (format, rows, columns, _) => WeightMatrix.BytesOf(format, rows, columns));

    public static RateColumn Operations { get; } = new("GOP/s", "Multiplications and additions per nanosecond", (_, rows, columns, tokens) => 2.0 * rows * columns * tokens);

    public string Id => ColumnName;

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(c => c.Descriptor.Type == typeof(ProductBenchmarks));

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (benchmarkCase.Descriptor.Type != typeof(ProductBenchmarks) || summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return "-";
        int[] shape = [.. ((string)benchmarkCase.Parameters[nameof(ProductBenchmarks.Shape)]).Split('x').Select(int.Parse)];
        var format = Enum.Parse<WeightFormat>((string)benchmarkCase.Parameters[nameof(ProductBenchmarks.Weights)]);
        return (amount(format, shape[0], shape[1], (int)benchmarkCase.Parameters[nameof(ProductBenchmarks.Tokens)]) / statistics.Median).ToString("F1", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
