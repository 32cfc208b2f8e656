using System.Diagnostics;
using System.Text.RegularExpressions;

namespace VlmMlNet.Tests.Cli;

/// <summary>The number of threads that was asked for is the number that is used.</summary>
public sealed partial class ThreadNumberTests : CliTest
{
    // MKL writes a line of each product that it computes.
    [GeneratedRegex(@"^MKL_VERBOSE (?<product>[SD]GEMM\w*)\(.* NThr:(?<threads>\d+)", RegexOptions.Multiline)]
    private static partial Regex Product();

    [Fact]
    public async Task Every_matrix_product_of_a_training_runs_on_as_many_threads_as_were_asked_for_also_a_threads_first()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "vlm.exe" : "vlm"),
            ["train", "--model", SavedModel(), "--data", CocoFile(2), "--stages", "1,2", "--epochs", "1", "--threads", "1", "--out", InFolder("out")])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["MKL_VERBOSE"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "2"; // what threads have that were told nothing, on every machine
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        var products = Product().Matches(output);
        Assert.SkipWhen(products.Count == 0, "libtorch computes without MKL here, or with one that tells nothing.");
        Assert.All(products, p => Assert.Equal("1", p.Groups["threads"].Value));
    }
}
