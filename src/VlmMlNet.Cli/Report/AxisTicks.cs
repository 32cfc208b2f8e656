using System.Globalization;

namespace VlmMlNet.Cli.Report;

/// <summary>Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class AxisTicks
{
    public static IReadOnlyList<double> Between(double low, double high, int about)
    {
        double span = high - low;
        if (!(span > 0) || double.IsInfinity(span))
            return [low];
        double rough = span / about;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        var ticks = new List<double>();
        for (double i = Math.Ceiling(low / step); i * step <= high + step * 1e-9; i++)
            ticks.Add(i * step);
        return ticks;
    }

    public static string Label(double value) => Math.Round(value, 10).ToString("0.######", CultureInfo.InvariantCulture);
}
