using System.Globalization;
using System.Text;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Files;

namespace VlmMlNet.Cli.Report;

/// <summary>Writes the report of a training: one HTML file that needs nothing beside it.</summary>
internal static class TrainReport
{
    /// <summary>Its name in the run's folder.</summary>
    public const string Name = "report.html";

    private const double GiB = 1L << 30;

    /// <summary>Writes the report, whole or not at all.</summary>
    public static void Write(string path, TrainReportData data) => PendingFile.Write(path, Encoding.UTF8.GetBytes(Html(data)));

    /// <summary>The page.</summary>
    public static string Html(TrainReportData data)
    {
        var stages = TrainReportStage.Of(data.Metrics);
        var html = ReportPage.Begin(data.Title);
        AddSummary(html, data, stages);
        AddFindings(html, stages);
        AddStages(html, stages);
        AddSamples(html, data, stages);
        foreach (var stage in stages)
            AddCharts(html, stage);
        ReportPage.AddSettings(html, data.Parameters, data.Settings);
        return ReportPage.End(html);
    }

    private static void AddSummary(HtmlText html, TrainReportData data, IReadOnlyList<TrainReportStage> stages)
    {
        html.AddMarkup("<dl class=\"tiles\">\n");
        if (stages.LastOrDefault(s => s.LastNumber(l => l.Score) is not null) is { } scored)
            ReportPage.AddTile(html, $"{scored.Last(l => l.ScoreName)} in validation", ScoreText.Number(scored.LastNumber(l => l.Score)), $"after {scored.Name}");
        if (stages.LastOrDefault(s => s.ValidationLosses.Count > 0) is { } validated)
            ReportPage.AddTile(html, "Loss in validation", ScoreText.Number(Kept(validated)), $"in {validated.Name}");
        var time = TimeSpan.FromSeconds(stages.Sum(s => s.LastNumber(l => l.Seconds) ?? 0));
        ReportPage.AddTile(html, "Parameters", ReportPage.Count(data.Parameters.Total), $"trained in {ReportPage.Time(time)}");
        if (stages.SelectMany(s => s.Steps).Max(l => l.Memory) is { } peak)
            ReportPage.AddTile(html, "Memory at most", string.Create(CultureInfo.InvariantCulture, $"{peak / GiB:F1} GiB"), "of the process, after a step");
        html.AddMarkup("</dl>\n");
    }

    private static void AddFindings(HtmlText html, IReadOnlyList<TrainReportStage> stages)
    {
        html.AddMarkup("<h2>What went wrong</h2>\n");
        var findings = stages.SelectMany(s => s.Findings).ToList();
        if (findings.Count == 0)
        {
            html.AddMarkup("<p class=\"note\">None of the known signs: no plateau in alignment, no step skipped, no rise of loss and spread, pictures are used, and no text that was kept aside is forgotten, as far as that was measured.</p>\n");
            return;
        }
        html.AddMarkup("<ul class=\"findings\">\n");
        foreach (var finding in findings)
            html.Add($"<li>{finding.Text}</li>\n");
        html.AddMarkup("</ul>\n");
    }

    private static void AddStages(HtmlText html, IReadOnlyList<TrainReportStage> stages)
    {
        html.AddMarkup("<h2>Stages</h2>\n<div class=\"scroll\"><table>\n<caption>Losses in nats per scored token; those of training are means over a twentieth of the stage. Grounding: how much the loss rises with another picture.</caption>\n<thead><tr><th scope=\"col\">Stage</th>");
        foreach (string name in (string[])["Steps", "Loss, first", "Loss, last", "Validation", "Score", "Grounding", "Perplexity of text", "Tokens/s", "Time"])
            html.Add($"<th scope=\"col\" class=\"number\">{name}</th>");
        html.AddMarkup("</tr></thead>\n<tbody>\n");
        foreach (var stage in stages)
        {
            var mean = LossChart.RunningMean([.. stage.Points.Where(p => double.IsFinite(p.Loss))]);
            string steps = stage.Skipped > 0 ? $"{stage.Steps.Count} ({stage.Skipped} skipped)" : $"{stage.Steps.Count}";
            string perplexity = stage.LastNumber(l => l.TextPerplexityAfter) is { } after
                ? string.Create(CultureInfo.InvariantCulture, $"{stage.LastNumber(l => l.TextPerplexityBefore):G4} → {after:G4}") : "-";
            string speed = stage.LastNumber(l => l.TokensPerSecond)?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";
            string best = stage.LastNumber(l => l.BestStep) is { } kept ? $" (step {kept})" : "";
            html.Add($"<tr><th scope=\"row\">{stage.Name}</th>");
            foreach (string cell in (string[])[steps, ScoreText.Number(mean.Count > 0 ? mean[0].Loss : null), ScoreText.Number(mean.Count > 0 ? mean[^1].Loss : null), ScoreText.Number(Kept(stage)) + best,
                ScoreText.Number(stage.LastNumber(l => l.Score)), ScoreText.Number(stage.LastNumber(l => l.Grounding)), perplexity, speed, ReportPage.Time(TimeSpan.FromSeconds(stage.LastNumber(l => l.Seconds) ?? 0))])
                html.Add($"<td class=\"number\">{cell}</td>");
            html.AddMarkup("</tr>\n");
        }
        html.AddMarkup("</tbody>\n</table></div>\n");
    }

    // The validation loss of the weights that the stage has given on.
    private static double? Kept(TrainReportStage stage) => stage.ValidationLosses.Count == 0 ? null
        : stage.LastNumber(l => l.BestStep) is { } best ? stage.ValidationLosses.FirstOrDefault(v => v.Step == best).Value : stage.ValidationLosses[^1].Value;

    private static void AddSamples(HtmlText html, TrainReportData data, IReadOnlyList<TrainReportStage> stages)
    {
        var told = stages.Select(s => (s.Name, Captions: s.Last(l => l.Captions))).Where(s => s.Captions?.Count == data.Samples.Count).ToList();
        if (data.Samples.Count == 0 || told.Count == 0)
            return;
        html.Add($"<h2>What it says after each stage</h2>\n<p class=\"note\">{(data.SamplesAreTrainedOn ? "These pictures are trained on: give --validation to see others." : "Pictures that are not trained on.")}</p>\n<ul class=\"samples\">\n");
        for (int i = 0; i < data.Samples.Count; i++)
        {
            var sample = data.Samples[i];
            html.Add($"<li>\n<img alt=\"Picture: {sample.Reference}\" src=\"data:image/png;base64,").AddMarkup(Convert.ToBase64String(sample.Png.Span))
                .Add($"\">\n<div>\n<p class=\"label\">{sample.Question}</p>\n<p class=\"references\">{sample.Reference}</p>\n");
            foreach (var (stage, captions) in told)
                html.Add($"<p class=\"says\"><span class=\"label\">{stage}</span>{(captions![i].Length > 0 ? captions[i] : "(nothing)")}</p>\n");
            html.AddMarkup("</div>\n</li>\n");
        }
        html.AddMarkup("</ul>\n");
    }

    private static void AddCharts(HtmlText html, TrainReportStage stage)
    {
        html.Add($"<h2>{stage.Name}</h2>\n<div class=\"charts\">\n<figure><figcaption>Loss: every step, and boldly its mean");
        if (stage.ValidationLosses.Count > 0)
            html.AddMarkup(" <span class=\"mark\"></span>; in validation <span class=\"mark validation\"></span>");
        html.AddMarkup("</figcaption>").AddMarkup(LossChart.Svg(stage.Name, stage.Points, stage.ValidationLosses)).AddMarkup("</figure>\n");
        Add(stage.Last(l => l.ScoreName) is { } score ? $"{score} in validation" : "Score in validation", "score", stage.ValidationScores, "validation", hasDots: true);
        Add("Factor of the learning rate", "factor", stage.Curve(l => l.RateFactor));
        Add("Norm of the gradient", "norm", stage.Curve(l => l.GradientNorm));
        Add("Scored tokens per second", "tokens/s", stage.Curve(l => l.TokensPerSecond));
        Add("Memory of the process", "GiB", stage.Curve(l => l.Memory / GiB));
        html.AddMarkup("</div>\n");

        void Add(string name, string unit, IReadOnlyList<(double Step, double Value)> curve, string style = "mean", bool hasDots = false)
        {
            if (curve.Count > 0)
                html.Add($"<figure><figcaption>{name}</figcaption>")
                    .AddMarkup(LineChart.Svg(FormattableString.Invariant($"{name} of {stage.Name}: {curve[0].Value:G4} at first, {curve[^1].Value:G4} at last"), unit, [new ChartLine(style, curve) { HasDots = hasDots }]))
                    .AddMarkup("</figure>\n");
        }
    }
}
