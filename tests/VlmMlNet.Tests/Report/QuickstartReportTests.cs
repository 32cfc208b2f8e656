using System.Xml.Linq;
using VlmMlNet.Cli.Report;
using VlmMlNet.Models;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Report;

public sealed class QuickstartReportTests
{
    // A red pixel.
    private static readonly byte[] s_png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC");

    [Fact]
    public void The_report_shows_scores_baselines_pictures_answers_and_settings()
    {
        string html = QuickstartReport.Html(Data());
        string text = string.Join(' ', Parse(html).DescendantNodes().OfType<XText>().Select(t => t.Value));

        Assert.Contains("1.250", text, StringComparison.Ordinal); // CIDEr of the last stage
        Assert.Contains("5.0 times the best constant caption (0.250)", text, StringComparison.Ordinal);
        Assert.Contains("81.5 %", text, StringComparison.Ordinal);
        Assert.Contains("always “yes”: 50.0 %", text, StringComparison.Ordinal);
        Assert.Contains("2.750", text, StringComparison.Ordinal); // the ceiling
        Assert.Contains("1,234,567", text, StringComparison.Ordinal);
        Assert.Contains("3 min 20 s", text, StringComparison.Ordinal);
        Assert.Contains("a red circle above a blue square", text, StringComparison.Ordinal);
        Assert.Contains("✓ right", text, StringComparison.Ordinal);
        Assert.Contains("✗ wrong, it is “blue”", text, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64," + Convert.ToBase64String(s_png), html, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_are_rounded_as_on_the_console()
    {
        foreach (double share in (double[])[0.2175, 0.0625, 0.5, 0.33335])
        {
            string html = QuickstartReport.Html(Data() with { Stages = [new ReportStage("stage 3", Points(3, 1), 1.25, share, TimeSpan.FromSeconds(1))], MajorityAnswer = new ReportBaseline("yes", share) });
            string text = string.Join(' ', Parse(html).DescendantNodes().OfType<XText>().Select(t => t.Value));
            var shown = System.Text.RegularExpressions.Regex.Matches(text, @"\d+\.\d %").Select(m => m.Value).ToList();
            Assert.Equal(4, shown.Count);
            Assert.All(shown, s => Assert.Equal(VlmMlNet.Cli.Terminal.ScoreText.Percent(share), s));
        }
    }

    [Fact]
    public void Every_text_is_escaped()
    {
        const string attack = "<script>alert(\"1\")</script>&'";
        var data = Data() with
        {
            Title = attack,
            Settings = [new(attack, attack)],
            Backbones = [new ReportHistory(attack, [new TrainingHistory.Point(1, 2, 1, 1)], TimeSpan.Zero)],
            Stages = [new ReportStage(attack, [], null, null, TimeSpan.Zero)],
            Floor = new ReportBaseline(attack, 0),
            MajorityAnswer = new ReportBaseline(attack, 0.5),
            Samples = [new ReportSample(s_png, [attack], attack, [new ReportQuestion(attack, attack, attack, false)])],
        };

        string html = QuickstartReport.Html(data);
        var page = Parse(html);

        Assert.Empty(page.Descendants("script"));
        Assert.Equal(14, page.DescendantNodes().OfType<XText>().Count(t => t.Value.Contains(attack, StringComparison.Ordinal)));
        Assert.DoesNotContain("alert(\"1\")", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_asks_for_nothing_outside_itself()
    {
        var page = Parse(QuickstartReport.Html(Data()));
        var references = page.Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href" or "data" or "action");

        Assert.All(references, a => Assert.StartsWith("data:", a.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_have_captions_and_scoped_headers_and_pictures_and_charts_have_texts()
    {
        var page = Parse(QuickstartReport.Html(Data()));

        Assert.Equal(3, page.Descendants("table").Count());
        Assert.All(page.Descendants("table"), t => Assert.NotEmpty(t.Element("caption")!.Value));
        Assert.All(page.Descendants("th"), h => Assert.Contains(h.Attribute("scope")!.Value, new[] { "row", "col" }));
        Assert.All(page.Descendants("img"), i => Assert.NotEmpty(i.Attribute("alt")!.Value));
        Assert.Equal(3, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), s => Assert.NotEmpty(s.Attribute("aria-label")!.Value));
    }

    [Fact]
    public void A_run_without_steps_or_scores_is_still_a_page()
    {
        var data = Data() with
        {
            Stages = [new ReportStage("stage", [new TrainingHistory.Point(1, double.NaN, 1, 1)], null, null, TimeSpan.FromSeconds(1))],
            Backbones = [],
            Samples = [],
            Ceiling = null,
            MajorityAnswer = null,
        };

        string text = Parse(QuickstartReport.Html(data)).Root!.Value;

        Assert.Contains("No steps were taken.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", QuickstartReport.Html(data with { Stages = [] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_run_is_thinned_and_its_spike_stays()
    {
        var points = Enumerable.Range(0, 20_000).Select(i => ((double)i, i == 12_345 ? 99.5 : 1.0));

        string path = LineChart.Path(points);

        Assert.InRange(path.Count(c => c == 'L'), 200, 700);
        Assert.Contains("12345.0 99.5", path, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_is_written_whole_over_an_older_one_and_leaves_no_other_file()
    {
        var folder = Directory.CreateTempSubdirectory("vlm-report-");
        try
        {
            string path = Path.Combine(folder.FullName, "new", "report.html");
            QuickstartReport.Write(path, Data());
            QuickstartReport.Write(path, Data() with { Title = "second" });

            Assert.Contains("<h1>second</h1>", File.ReadAllText(path), StringComparison.Ordinal);
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));

            string taken = Path.Combine(folder.FullName, "taken.html");
            Directory.CreateDirectory(taken);
            Assert.ThrowsAny<Exception>(() => QuickstartReport.Write(taken, Data()));
            Assert.Empty(Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The page is written as XML-conforming HTML but for its void elements, so that a test can read it.</summary>
    private static XDocument Parse(string html)
    {
        string body = html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal);
        foreach (string element in new[] { "meta", "img" })
            body = System.Text.RegularExpressions.Regex.Replace(body, $"<{element}([^>]*)>", $"<{element}$1/>");
        return XDocument.Parse(body);
    }

    private static QuickstartReportData Data() => new()
    {
        Title = "Quickstart",
        Settings = [new("Seed", "1"), new("Scenes", "3000")],
        Parameters = new ParameterCounts(1_000_000, 34_567, 100_000, 100_000),
        Backbones = [new ReportHistory("image encoder", Points(40, 2), TimeSpan.FromSeconds(100))],
        Stages =
        [
            new ReportStage("stage 0", Points(30, 3), 0.1, null, TimeSpan.FromSeconds(40)),
            new ReportStage("stage 3", Points(30, 1), 1.25, 0.815, TimeSpan.FromSeconds(60)),
        ],
        Floor = new ReportBaseline("a picture of shapes", 0.25),
        Ceiling = 2.75,
        MajorityAnswer = new ReportBaseline("yes", 0.5),
        Samples =
        [
            new ReportSample(s_png, ["A red circle is over a blue square."], "a red circle above a blue square",
                [new ReportQuestion("What is red?", "circle", "circle", true), new ReportQuestion("What color is the square?", "red", "blue", false)]),
        ],
    };

    private static List<TrainingHistory.Point> Points(int count, double scale) =>
        [.. Enumerable.Range(1, count).Select(i => new TrainingHistory.Point(i, scale / Math.Sqrt(i), 1, 1))];
}
