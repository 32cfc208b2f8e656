using System.Globalization;
using System.Text;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Files;

namespace VlmMlNet.Cli.Report;

/// <summary>Writes the quickstart's report: one HTML file that needs nothing beside it.</summary>
public static class QuickstartReport
{
    /// <summary>Writes the report, whole or not at all.</summary>
    /// <param name="path">The HTML file; one that is there is replaced, and its folder is made.</param>
    /// <param name="data">What to show.</param>
    public static void Write(string path, QuickstartReportData data)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(data);
        string whole = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        using var file = new PendingFile(whole);
        Write(file, data);
    }

    /// <summary>Writes the report and puts it into its place.</summary>
    internal static void Write(PendingFile file, QuickstartReportData data)
    {
        file.Stream.Write(Encoding.UTF8.GetBytes(Html(data)));
        file.Commit();
    }

    /// <summary>The page.</summary>
    internal static string Html(QuickstartReportData data)
    {
        var html = ReportPage.Begin(data.Title);
        AddSummary(html, data);
        AddStages(html, data);
        AddSamples(html, data.Samples);
        AddCharts(html, data);
        AddSettings(html, data);
        return ReportPage.End(html);
    }

    private static void AddSummary(HtmlText html, QuickstartReportData data)
    {
        html.AddMarkup("<dl class=\"tiles\">\n");
        if (data.Stages.LastOrDefault(s => s.Cider is not null) is { Cider: { } cider })
        {
            string detail = data.Floor.Score > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{cider / data.Floor.Score:F1} times the best constant caption ({data.Floor.Score:F3})")
                : "the best constant caption scores 0";
            html.Add($"<div><dt>CIDEr on held-out pictures</dt><dd>{cider:F3}</dd><dd class=\"note\">{detail}</dd></div>\n");
        }
        if (data.Stages.LastOrDefault(s => s.AnswerAccuracy is not null) is { AnswerAccuracy: { } accuracy })
        {
            string detail = data.MajorityAnswer is { } majority
                ? string.Create(CultureInfo.InvariantCulture, $"always “{majority.Text}”: {ScoreText.Percent(majority.Score)}")
                : "held-out questions";
            html.Add($"<div><dt>Questions answered right</dt><dd>{ScoreText.Percent(accuracy)}</dd><dd class=\"note\">{detail}</dd></div>\n");
        }
        var time = data.Stages.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Duration) + data.Backbones.Aggregate(TimeSpan.Zero, (sum, b) => sum + b.Duration);
        html.Add($"<div><dt>Parameters</dt><dd>{ReportPage.Count(data.Parameters.Total)}</dd><dd class=\"note\">trained in {ReportPage.Time(time)}</dd></div>\n</dl>\n");
    }

    private static void AddStages(HtmlText html, QuickstartReportData data)
    {
        html.AddMarkup("<h2>Scores after every stage</h2>\n<div class=\"scroll\"><table>\n<caption>Measured on held-out pictures. CIDEr: higher is better; 0 means nothing in common with the references.</caption>\n"
            + "<thead><tr><th scope=\"col\">Stage</th><th scope=\"col\" class=\"number\">Loss, first</th><th scope=\"col\" class=\"number\">Loss, last</th><th scope=\"col\" class=\"number\">CIDEr</th><th scope=\"col\" class=\"number\">Questions right</th><th scope=\"col\" class=\"number\">Training</th></tr></thead>\n<tbody>\n");
        foreach (var stage in data.Stages)
        {
            var mean = LossChart.RunningMean([.. stage.Points.Where(p => double.IsFinite(p.Loss))]);
            html.Add($"<tr><th scope=\"row\">{stage.Name}</th><td class=\"number\">{ScoreText.Number(mean.Count > 0 ? mean[0].Loss : null)}</td><td class=\"number\">{ScoreText.Number(mean.Count > 0 ? mean[^1].Loss : null)}</td>")
                .Add($"<td class=\"number\">{ScoreText.Number(stage.Cider)}</td><td class=\"number\">{ScoreText.Percent(stage.AnswerAccuracy)}</td><td class=\"number\">{ReportPage.Time(stage.Duration)}</td></tr>\n");
        }
        html.AddMarkup("</tbody>\n<tbody class=\"baselines\">\n")
            .Add($"<tr><th scope=\"row\">Best constant caption: “{data.Floor.Text}”</th><td></td><td></td><td class=\"number\">{ScoreText.Number(data.Floor.Score)}</td><td></td><td></td></tr>\n");
        if (data.MajorityAnswer is { } majority)
            html.Add($"<tr><th scope=\"row\">Majority answer: “{majority.Text}”</th><td></td><td></td><td></td><td class=\"number\">{ScoreText.Percent(majority.Score)}</td><td></td></tr>\n");
        if (data.Ceiling is { } ceiling)
            html.Add($"<tr><th scope=\"row\">The references against each other</th><td></td><td></td><td class=\"number\">{ScoreText.Number(ceiling)}</td><td></td><td></td></tr>\n");
        html.AddMarkup("</tbody>\n</table></div>\n");
    }

    private static void AddSamples(HtmlText html, IReadOnlyList<ReportSample> samples)
    {
        if (samples.Count == 0)
            return;
        html.AddMarkup("<h2>Held-out pictures</h2>\n<ul class=\"samples\">\n");
        foreach (var sample in samples)
        {
            html.Add($"<li>\n<img alt=\"Picture: {(sample.References.Count > 0 ? sample.References[0] : "no reference")}\" src=\"data:image/png;base64,")
                .AddMarkup(Convert.ToBase64String(sample.Png.Span))
                .Add($"\">\n<div>\n<p class=\"says\"><span class=\"label\">The model says</span>{(sample.Caption.Length > 0 ? sample.Caption : "(nothing)")}</p>\n");
            if (sample.References.Count > 0)
            {
                html.AddMarkup("<p class=\"label\">References</p>\n<ul class=\"references\">\n");
                foreach (string reference in sample.References)
                    html.Add($"<li>{reference}</li>\n");
                html.AddMarkup("</ul>\n");
            }
            if (sample.Questions.Count > 0)
                AddQuestions(html, sample.Questions);
            html.AddMarkup("</div>\n</li>\n");
        }
        html.AddMarkup("</ul>\n");
    }

    private static void AddQuestions(HtmlText html, IReadOnlyList<ReportQuestion> questions)
    {
        html.AddMarkup("<ul class=\"questions\">\n");
        foreach (var question in questions)
        {
            html.Add($"<li>{question.Question} <strong>{(question.Answer.Length > 0 ? question.Answer : "(nothing)")}</strong> ");
            if (question.IsRight)
                html.AddMarkup("<span class=\"right\">✓ right</span>");
            else
                html.Add($"<span class=\"wrong\">✗ wrong, it is “{question.Expected}”</span>");
            html.AddMarkup("</li>\n");
        }
        html.AddMarkup("</ul>\n");
    }

    private static void AddCharts(HtmlText html, QuickstartReportData data)
    {
        html.AddMarkup("<h2>Loss</h2>\n<p class=\"note\">Every step faintly, their running mean boldly. Stages score different tokens, so compare a stage with itself.</p>\n<div class=\"charts\">\n");
        var runs = data.Backbones.Select(b => (b.Name, b.Points)).Concat(data.Stages.Select(s => (s.Name, s.Points)));
        foreach (var (name, points) in runs)
            html.Add($"<figure><figcaption>{name}</figcaption>").AddMarkup(LossChart.Svg(name, points)).AddMarkup("</figure>\n");
        html.AddMarkup("</div>\n");
    }

    private static void AddSettings(HtmlText html, QuickstartReportData data)
    {
        ReportPage.AddSettings(html, data.Parameters, data.Settings);
    }
}
