using System.Globalization;
using System.Text;

namespace VlmMlNet.Cli.Report;

/// <summary>Curves over the steps of a stage as SVG. Their colours are the page's, and the letters the reader's, so that it needs no
/// font where the report is made.</summary>
internal static class LineChart
{
    private const int Width = 440, Height = 220, Left = 46, Right = 20, Top = 10, Bottom = 38;
    private const int MaxPoints = 600;

    /// <summary>Draws.</summary>
    /// <param name="description">What people who do not see it are told.</param>
    /// <param name="unit">What is drawn upwards.</param>
    /// <param name="lines">The curves, the last one on top.</param>
    /// <param name="whole">The first and last step of the axis; null for those of the curves.</param>
    public static string Svg(string description, string unit, IReadOnlyList<ChartLine> lines, (double First, double Last)? whole = null)
    {
        var points = lines.SelectMany(l => l.Points).Where(p => double.IsFinite(p.Value)).ToList();
        if (points.Count == 0)
            return "<p class=\"note\">No steps were taken.</p>";
        var (firstStep, lastStep) = whole ?? (points.Min(p => p.Step), points.Max(p => p.Step));
        double high = points.Max(p => p.Value), low = Math.Min(0, points.Min(p => p.Value));
        if (high <= low)
            high = low + 1;
        double X(double step) => lastStep > firstStep ? Left + (step - firstStep) / (lastStep - firstStep) * (Width - Left - Right) : Left;
        double Y(double value) => Top + (high - value) / (high - low) * (Height - Top - Bottom);

        var svg = new HtmlText();
        svg.Add($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{description}\">");
        foreach (double tick in AxisTicks.Between(low, high, 4))
            svg.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/>")
                .Add($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{AxisTicks.Label(tick)}</text>");
        foreach (double tick in AxisTicks.Between(firstStep, lastStep, 5).Where(t => t == Math.Floor(t)))
            svg.Add($"<text class=\"tick\" x=\"{X(tick):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{AxisTicks.Label(tick)}</text>");
        svg.Add($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">step</text>")
            .Add($"<text class=\"tick\" transform=\"translate(11 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{unit}</text>");
        foreach (var line in lines)
        {
            var drawn = line.Points.Where(p => double.IsFinite(p.Value)).Select(p => (X(p.Step), Y(p.Value))).ToList();
            if (drawn.Count > 1)
                svg.Add($"<path class=\"{line.Style}\" d=\"{Path(drawn)}\"/>");
            if (drawn.Count == 1 || line.HasDots)
                foreach (var (x, y) in drawn)
                    svg.Add($"<circle class=\"point {line.Style}\" cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3\"/>");
        }
        return svg.AddMarkup("</svg>").ToString();
    }

    /// <summary>A path through the points. A run of many steps is thinned to each stretch's lowest and highest point, so that
    /// the file stays small and no spike is lost.</summary>
    internal static string Path(IEnumerable<(double X, double Y)> points)
    {
        var all = points.ToArray();
        var path = new StringBuilder();
        int stretch = Math.Max(1, (int)Math.Ceiling(all.Length * 2.0 / MaxPoints));
        foreach (var part in all.Chunk(stretch))
        {
            if (part.Length <= 2)
            {
                foreach (var point in part)
                    Append(point);
                continue;
            }
            int low = 0, high = 0;
            for (int i = 1; i < part.Length; i++)
            {
                if (part[i].Y < part[low].Y)
                    low = i;
                if (part[i].Y > part[high].Y)
                    high = i;
            }
            Append(part[Math.Min(low, high)]);
            if (low != high)
                Append(part[Math.Max(low, high)]);
        }
        return path.ToString();

        void Append((double X, double Y) point) =>
            path.Append(path.Length == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{point.X:F1} {point.Y:F1}");
    }
}
