using System.Globalization;
using VlmMlNet.Models;

namespace VlmMlNet.Cli.Report;

/// <summary>What the reports of trainings have in common.</summary>
internal static class ReportPage
{
    /// <summary>A page up to its heading.</summary>
    public static HtmlText Begin(string title)
    {
        var html = new HtmlText();
        return html.Add($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n")
            .AddMarkup($"<style>{ReportStyle.Css}</style>\n</head>\n<body>\n<main>\n")
            .Add($"<h1>{title}</h1>\n");
    }

    /// <summary>The whole page.</summary>
    public static string End(HtmlText html) => html.AddMarkup("</main>\n</body>\n</html>\n").ToString();

    /// <summary>A number with what it is of.</summary>
    public static void AddTile(HtmlText html, string name, string value, string note) =>
        html.Add($"<div><dt>{name}</dt><dd>{value}</dd><dd class=\"note\">{note}</dd></div>\n");

    /// <summary>The tables of parameters and settings.</summary>
    public static void AddSettings(HtmlText html, ParameterCounts parameters, IEnumerable<KeyValuePair<string, string>> settings)
    {
        html.AddMarkup("<h2>Model and settings</h2>\n<div class=\"pair\">\n<table>\n<caption>Parameters of each part</caption>\n<thead><tr><th scope=\"col\">Part</th><th scope=\"col\" class=\"number\">Parameters</th></tr></thead>\n<tbody>\n");
        foreach (var (part, count) in new[] { ("Image encoder", parameters.Vision), ("Its pooling head", parameters.VisionHead), ("Projector", parameters.Projector), ("Language model", parameters.Language) })
            html.Add($"<tr><th scope=\"row\">{part}</th><td class=\"number\">{count:N0}</td></tr>\n");
        html.Add($"</tbody>\n<tfoot><tr><th scope=\"row\">Total</th><td class=\"number\">{parameters.Total:N0}</td></tr></tfoot>\n</table>\n")
            .AddMarkup("<table>\n<caption>Settings</caption>\n<thead><tr><th scope=\"col\">Setting</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
        foreach (var (key, value) in settings)
            html.Add($"<tr><th scope=\"row\">{key}</th><td>{value}</td></tr>\n");
        html.AddMarkup("</tbody>\n</table>\n</div>\n");
    }

    /// <summary>A duration.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");

    /// <summary>A large number.</summary>
    public static string Count(long count) => count switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F1} M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:F0} k"),
        _ => count.ToString(CultureInfo.InvariantCulture),
    };
}
