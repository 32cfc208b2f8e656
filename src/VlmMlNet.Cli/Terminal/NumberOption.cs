using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Options whose value is a number, written as in data files whatever the computer's language: with a point, and without
/// blanks or separators of thousands. What is written otherwise is refused, as "0,5" could be meant as a half or as five.</summary>
internal static class NumberOption
{
    /// <summary>A whole number that need not be given.</summary>
    public static Option<int?> Whole(string name, string helpName, string description, int least = int.MinValue, int most = int.MaxValue) =>
        new(name) { Description = description + AtMost(most), HelpName = helpName, CustomParser = result => ParseWhole(result, least, most) };

    /// <summary>A whole number.</summary>
    public static Option<int> Whole(string name, string helpName, string description, Func<int> otherwise, int least = int.MinValue, int most = int.MaxValue) => new(name)
    {
        Description = description + AtMost(most),
        HelpName = helpName,
        DefaultValueFactory = _ => otherwise(),
        CustomParser = result => ParseWhole(result, least, most) ?? otherwise(),
    };

    /// <summary>A number that need not be given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="helpName">What help calls its value.</param>
    /// <param name="description">What it means, with its range.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    public static Option<double?> Real(string name, string helpName, string description, double least, double most) =>
        new(name) { Description = description, HelpName = helpName, CustomParser = result => ParseReal(result, least, most) };

    private static string AtMost(int most) => most == int.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $" At most {most}.");

    private static int? ParseWhole(ArgumentResult result, int least, int most)
    {
        string text = result.Tokens[^1].Value;
        // What has more digits than fit is too large or too small all the same.
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            return Refuse(result, $"'{text}' is no whole number: write digits alone, such as 64.");
        return value < least ? Refuse(result, $"is {text}; it must {Least(least)}.")
            : value > most ? Refuse(result, $"is {text}; it must be at most {most}.")
            : (int)value;
    }

    private static double? ParseReal(ArgumentResult result, double least, double most)
    {
        string text = result.Tokens[^1].Value;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out double value) || !text.Any(char.IsAsciiDigit))
            Refuse(result, $"'{text}' is no number: write it with a point and without separators, such as 0.5.");
        else if (value < least)
            Refuse(result, $"is {text}; it must {Least(least)}.");
        else if (value > most)
            Refuse(result, $"is {text}; it must be at most {most.ToString(CultureInfo.InvariantCulture)}.");
        else
            return value;
        return null;
    }

    private static string Least(double least) => least switch
    {
        0 => "not be negative",
        1 or double.Epsilon => "be positive",
        _ => string.Create(CultureInfo.InvariantCulture, $"be at least {least}"),
    };

    private static int? Refuse(ArgumentResult result, FormattableString problem)
    {
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {FormattableString.Invariant(problem)}");
        return null;
    }
}
