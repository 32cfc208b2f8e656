using System.Globalization;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Scores as they are written to be read, everywhere alike: a dash for one that is not defined, such as the ceiling of
/// pictures with one caption each. (JSON has null for it.)</summary>
internal static class ScoreText
{
    private const string Undefined = "-";

    /// <summary>With three decimals.</summary>
    public static string Number(double? score) => score is { } value && double.IsFinite(value) ? value.ToString("F3", CultureInfo.InvariantCulture) : Undefined;

    /// <summary>In hundredths, with one decimal.</summary>
    public static string Percent(double? share) => share is { } value && double.IsFinite(value) ? value.ToString("P1", CultureInfo.InvariantCulture) : Undefined;
}
