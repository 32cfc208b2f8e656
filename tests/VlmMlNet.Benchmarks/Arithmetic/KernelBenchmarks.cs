using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace VlmMlNet.Benchmarks.Arithmetic;

/// <summary>The decoder's kernels under BenchmarkDotNet, in this process: the native libraries are here.</summary>
internal static class KernelBenchmarks
{
    /// <param name="args">BenchmarkDotNet's own, such as <c>--filter *Product*</c> or <c>--list flat</c>; before them <c>best</c> for the
    /// fastest kernels only, <c>all</c> for the scalar ones on prompts too, which take seconds each, and <c>long</c> for a job of
    /// BenchmarkDotNet's usual length.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        string[] own = [.. args.TakeWhile(a => a is "best" or "all" or "long")], rest = [.. args.Skip(own.Length)];
        var job = (own.Contains("long") ? Job.Default : Job.ShortRun.WithIterationCount(5).WithIterationTime(TimeInterval.FromMilliseconds(50))).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(StatisticColumn.Median, RateColumn.Bytes, RateColumn.Operations)
            .HideColumns(Column.Mean, Column.Error, Column.StdDev)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "vlm-benchmarks"));
        if (own.Contains("best"))
            config.AddFilter(new SimpleFilter(c => (string)c.Parameters["Variant"] == KernelChoice.Best));
        else if (!own.Contains("all"))
            config.AddFilter(new SimpleFilter(c => !KernelChoice.IsScalar((string)c.Parameters["Variant"]) || c.Parameters.Items.All(p => p.Name != nameof(ProductBenchmarks.Tokens) || (int)p.Value == 1)));
        var summaries = BenchmarkSwitcher.FromTypes([typeof(ProductBenchmarks), typeof(QuantizeBenchmarks), typeof(TokenBenchmarks)])
            .Run(rest.Length > 0 ? rest : ["--filter", "*"], config);
        return summaries.Any(s => s.HasCriticalValidationErrors) ? 1 : 0;
    }
}
