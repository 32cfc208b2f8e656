using System.Xml.Linq;
using VlmMlNet.Cli.Report;
using VlmMlNet.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Tests.Report;

public sealed class TrainReportTests
{
    private const string First = "stage 1: hybrid alignment", Second = "stage 2: full fine-tuning";
    private static readonly byte[] s_png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC");

    private static IEnumerable<MetricsLine> Steps(string stage, int count) => Enumerable.Range(1, count).Select(i => new MetricsLine
    {
        Stage = stage,
        Step = i,
        Loss = i == 7 ? null : 5.0 / i,
        Skipped = i == 7 ? true : null,
        RateFactor = 1 - i / (double)count,
        GradientNorm = 0.5,
        Tokens = 100 * i,
        Seconds = 2 * i,
        TokensPerSecond = 1234,
        Memory = 3L << 30,
    });

    private static TrainReportData Data() => new()
    {
        Title = "Training of out",
        Metrics =
        [
            .. Steps(First, 20),
            new() { Stage = First, Step = 20, Diagnostic = TrainingDiagnosticKind.Plateau, Text = "the loss stays at 5" },
            .. Steps(Second, 40),
            new() { Stage = Second, Step = 20, ValidationLoss = 1.25, ValidationScore = 0.5 },
            new() { Stage = Second, Step = 40, ValidationLoss = 1.5, ValidationScore = 0.4 },
            new() { Stage = Second, Step = 40, Grounding = 0.321, TextPerplexityBefore = 12, TextPerplexityAfter = 15.5, BestStep = 20 },
            new() { Stage = Second, Step = 40, Score = 0.777, ScoreName = "CIDEr", Captions = ["a red square"] },
        ],
        Parameters = new ParameterCounts(1, 2, 3, 1_234_567),
        Settings = [new("data", "train.parquet")],
        Samples = [new TrainSample(s_png, "Describe the image.", "a square that is red")],
    };

    private static XDocument Parse(string html)
    {
        string body = html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal);
        foreach (string element in new[] { "meta", "img" })
            body = System.Text.RegularExpressions.Regex.Replace(body, $"<{element}([^>]*)>", $"<{element}$1/>");
        return XDocument.Parse(body);
    }

    [Fact]
    public void The_report_shows_stages_findings_validation_and_what_the_model_says()
    {
        var page = Parse(TrainReport.Html(Data()));
        string text = string.Join(' ', page.DescendantNodes().OfType<XText>().Select(t => t.Value));
        foreach (string expected in (string[])["0.777", "CIDEr in validation", "3.0 GiB", "the loss stays at 5", "1.250 (step 20)", "0.321", "12 → 15.5", "1,234", "20 (1 skipped)", "a red square", "a square that is red", "train.parquet", "2 min 0 s"])
            Assert.Contains(expected, text, StringComparison.Ordinal);
        // Loss, rate, norm, speed, memory; where it is validated its score too.
        Assert.Equal(5 + 6, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), s => Assert.DoesNotContain("NaN", s.ToString(), StringComparison.Ordinal));
        Assert.All(page.Descendants("svg"), s => Assert.NotEmpty(s.Attribute("aria-label")!.Value));
        Assert.Equal(2, page.Descendants("circle").Count(c => c.Parent!.Attribute("aria-label")!.Value.StartsWith("Loss", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_training_without_findings_says_so()
    {
        string html = TrainReport.Html(Data() with { Metrics = [.. Steps(First, 3)] });
        Assert.Contains("None of the known signs", html, StringComparison.Ordinal);
        Assert.DoesNotContain("What it says after each stage", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_escaped()
    {
        const string attack = "<script>alert(\"1\")</script>&'";
        string html = TrainReport.Html(Data() with
        {
            Title = attack,
            Metrics = [.. Steps(attack, 3), new() { Stage = attack, Step = 3, Diagnostic = TrainingDiagnosticKind.Plateau, Text = attack, ScoreName = attack, Score = 1, Captions = [attack] }],
            Samples = [new TrainSample(s_png, attack, attack)],
            Settings = [new(attack, attack)],
        });
        Assert.Empty(Parse(html).Descendants("script"));
        Assert.DoesNotContain("alert(\"1\")", html, StringComparison.Ordinal);
    }
}
