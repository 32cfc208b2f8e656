using System.Globalization;
using System.Text;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Report;

/// <summary>The loss of one training run as SVG: every step faintly, their running mean boldly. Its colours are the page's, and
/// its letters the reader's, so that it needs no font where the report is made.</summary>
internal static class LossChart
{
    private const int Width = 440, Height = 220, Left = 46, Right = 20, Top = 10, Bottom = 38;
    private const int MaxPoints = 600;

    public static string Svg(string name, IReadOnlyList<TrainingHistory.Point> points)
    {
        var finite = points.Where(p => double.IsFinite(p.Loss)).ToList();
        if (finite.Count == 0)
            return "<p class=\"note\">No steps were taken.</p>";

        double firstStep = finite[0].Step, lastStep = finite[^1].Step;
        double high = finite.Max(p => p.Loss), low = Math.Min(0, finite.Min(p => p.Loss));
        if (high <= low)
            high = low + 1;
        double X(double step) => lastStep > firstStep ? Left + (step - firstStep) / (lastStep - firstStep) * (Width - Left - Right) : Left;
        double Y(double loss) => Top + (high - loss) / (high - low) * (Height - Top - Bottom);

        var svg = new HtmlText();
        svg.Add($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Loss of {name}: {finite[0].Loss:F3} at first, {finite[^1].Loss:F3} at last\">");
        foreach (double tick in AxisTicks.Between(low, high, 4))
            svg.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/>")
                .Add($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{AxisTicks.Label(tick)}</text>");
        foreach (double tick in AxisTicks.Between(firstStep, lastStep, 5).Where(t => t == Math.Floor(t)))
            svg.Add($"<text class=\"tick\" x=\"{X(tick):F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{AxisTicks.Label(tick)}</text>");
        svg.Add($"<text class=\"tick\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">step</text>")
            .Add($"<text class=\"tick\" transform=\"translate(11 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">loss (nats)</text>");
        if (finite.Count > 1)
        {
            svg.Add($"<path class=\"steps\" d=\"{Line(finite.Select(p => (X(p.Step), Y(p.Loss))))}\"/>");
            svg.Add($"<path class=\"mean\" d=\"{Line(RunningMean(finite).Select(p => (X(p.Step), Y(p.Loss))))}\"/>");
        }
        else
            svg.Add($"<circle class=\"point\" cx=\"{X(finite[0].Step):F1}\" cy=\"{Y(finite[0].Loss):F1}\" r=\"3\"/>");
        return svg.AddMarkup("</svg>").ToString();
    }

    /// <summary>The mean over a window of a twentieth of the run, centred, so that the line does not lag behind the steps.</summary>
    internal static IReadOnlyList<(double Step, double Loss)> RunningMean(IReadOnlyList<TrainingHistory.Point> points)
    {
        int half = Math.Max(1, points.Count / 40);
        var sums = new double[points.Count + 1];
        for (int i = 0; i < points.Count; i++)
            sums[i + 1] = sums[i] + points[i].Loss;
        var means = new (double, double)[points.Count];
        for (int i = 0; i < points.Count; i++)
        {
            int from = Math.Max(0, i - half), to = Math.Min(points.Count, i + half + 1);
            means[i] = (points[i].Step, (sums[to] - sums[from]) / (to - from));
        }
        return means;
    }

    /// <summary>A path through the points. A run of many steps is thinned to each stretch's lowest and highest point, so that
    /// the file stays small and no spike is lost.</summary>
    internal static string Line(IEnumerable<(double X, double Y)> points)
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
