using System.Globalization;
using System.Text;
using VlmMlNet.Components.Preview;
using VlmMlNet.Files;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Report;

/// <summary>Writes a contact sheet of data: one HTML file that needs nothing beside it.</summary>
internal static class DataSheet
{
    private const string Css = """
        .sheet { display: grid; gap: 1.25rem; }
        .sheet > li { background: var(--card); border-radius: .5rem; padding: 1rem; display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr) minmax(8rem, 16rem); gap: 1.25rem; align-items: start; }
        .sheet h2 { grid-column: 1 / -1; margin: 0; font-size: 1rem; }
        .sheet > li > div { min-width: 0; overflow-wrap: anywhere; }
        .sheet img { max-width: 100%; height: auto; display: block; image-rendering: pixelated; border-radius: .25rem; }
        .sheet .none { border: 1px dashed var(--line); border-radius: .25rem; padding: 2rem .5rem; text-align: center; color: var(--soft); }
        .tokens { font: .875rem/1.9 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
        .tokens span { border-radius: .2rem; box-shadow: inset 0 0 0 1px rgb(128 128 128 / .25); padding: .1rem 0; }
        .tokens .picture { background: #1f5fbf; color: #fff; padding: .1rem .4rem; }
        .tokens .scored { background: #28964b; color: #fff; }
        .tokens .hidden { background: #eb8214; color: #000; }
        .tokens i { color: var(--soft); font-style: normal; }
        .problem { color: var(--wrong); grid-column: 1 / -1; margin: 0; }
        .legend { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin: 0 0 1.5rem; }
        .mask { background: #fff; padding: .35rem; border-radius: .25rem; }
        @media (max-width: 50rem) { .sheet > li { grid-template-columns: 1fr; } }
        """;

    /// <summary>Writes the sheet and puts it into its place.</summary>
    /// <param name="file">The HTML file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="preview">What to show.</param>
    public static void Write(PendingFile file, string title, DataPreview preview)
    {
        file.Stream.Write(Encoding.UTF8.GetBytes(Html(title, preview)));
        file.Commit();
    }

    /// <summary>The page.</summary>
    public static string Html(string title, DataPreview preview)
    {
        var html = new HtmlText();
        html.Add($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n")
            .AddMarkup($"<style>{ReportStyle.Css}\nmain {{ max-width: 80rem; }}\n{Css}</style>\n</head>\n<body>\n<main>\n")
            .Add($"<h1>{title}</h1>\n")
            .Add($"<p>As the model learns from it in {preview.Stage.Name}, under the {Mask(preview)} mask.{(preview.IsOfModel ? "" : " No model is given: pictures are shown at 224x224 pixels and 256 tokens, and the text is cut by a tokenizer that was trained on these rows alone.")}</p>\n")
            .AddMarkup("<p class=\"legend tokens\"><span class=\"picture\"> tokens of a picture </span><span> given text </span><span class=\"scored\"> scored: what the model learns to say </span>");
        if (preview.Stage.TokenMasking > 0)
            html.AddMarkup("<span class=\"hidden\"> hidden from the model, and scored </span>");
        html.AddMarkup("</p>\n<p class=\"note\">Masks: from top to bottom the tokens that look, from left to right those that they see. Blue is a picture seen from within, light blue a picture seen by text, dark is text, white is not seen. The bars have the colours above.</p>\n<ul class=\"sheet\">\n");
        foreach (var example in preview.Examples)
            Add(html, example);
        return html.AddMarkup("</ul>\n</main>\n</body>\n</html>\n").ToString();
    }

    private static void Add(HtmlText html, PreviewExample example)
    {
        html.Add($"<li>\n<h2>{example.Name}</h2>\n");
        if (example.Problem is not null)
            html.Add($"<p class=\"problem\">{example.Problem}</p>\n");
        html.AddMarkup("<div>\n");
        if (example.Pictures.Count == 0)
            html.AddMarkup("<p class=\"none\">text alone</p>\n");
        foreach (var picture in example.Pictures)
        {
            if (picture.Seen is { } seen)
                AddImage(html, seen, $"What the model sees of {picture.Name}", "").Add($"<p class=\"note\">{picture.Name}, {picture.Width}x{picture.Height} → {seen.Width}x{seen.Height}</p>\n");
            else
                html.Add($"<p class=\"none\">not decodable</p>\n<p class=\"note\">{picture.Name}</p>\n");
        }
        html.AddMarkup("</div>\n<div>\n");
        AddText(html, example);
        html.Add($"<p class=\"note\">{Describe(example)}</p>\n").AddMarkup("</div>\n<div>\n");
        if (example.Mask is { } mask)
            AddImage(html, mask, "Which token sees which", "mask");
        html.AddMarkup("</div>\n</li>\n");
    }

    private static void AddText(HtmlText html, PreviewExample example)
    {
        html.AddMarkup("<p class=\"tokens\">");
        if (example.Tokens.Count == 0)
            html.Add($"{example.Text}");
        foreach (var token in example.Tokens)
        {
            string kind = token.Picture > 0 ? "picture" : token.IsHidden ? "hidden" : token.IsScored ? "scored" : "";
            string text = token.Picture > 0 ? string.Create(CultureInfo.InvariantCulture, $"picture {token.Picture}: {token.Count} tokens") : token.Text.Length == 0 ? "·" : token.Text;
            if (kind.Length > 0)
                html.Add($"<span class=\"{kind}\">");
            else
                html.AddMarkup("<span>");
            // A line's end is a token's text like any other: it is shown, and it ends the line.
            string[] lines = text.Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                if (i > 0)
                    html.AddMarkup("<i>↵</i>\n");
                html.Add($"{lines[i]}");
            }
            html.AddMarkup("</span>");
        }
        html.AddMarkup("</p>\n");
    }

    /// <summary>An example's numbers.</summary>
    public static string Describe(PreviewExample example)
    {
        int pictures = example.Tokens.Where(t => t.Picture > 0).Sum(t => t.Count);
        string text = string.Create(CultureInfo.InvariantCulture, $"{example.Length} tokens, {pictures} of pictures, {example.Scored} scored");
        if (example.CutOff > 0)
            text += string.Create(CultureInfo.InvariantCulture, $"; {example.CutOff} more are cut off");
        if (example.MoreOfRow > 0)
            text += string.Create(CultureInfo.InvariantCulture, $"; {example.MoreOfRow} more example{(example.MoreOfRow == 1 ? "" : "s")} of the row");
        return text;
    }

    private static string Mask(DataPreview preview) => preview.Stage.Mask.ToString().ToLowerInvariant();

    private static HtmlText AddImage(HtmlText html, RgbImage image, string description, string kind)
    {
        html.Add($"<img class=\"{kind}\" alt=\"{description}\" width=\"{image.Width}\" height=\"{image.Height}\" src=\"data:image/png;base64,");
        return html.AddMarkup(Convert.ToBase64String(PngWriter.ToBytes(image))).AddMarkup("\">\n");
    }
}
