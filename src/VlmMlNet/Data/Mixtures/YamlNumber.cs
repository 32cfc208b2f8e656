using System.Globalization;
using System.Text.RegularExpressions;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Numbers of YAML's core schema (YAML 1.2, section 10.3.2): more than JSON's, such as <c>.5</c>, <c>+1</c>, <c>0x1F</c>.</summary>
internal static partial class YamlNumber
{
    /// <summary>Whether a plain scalar is a number.</summary>
    public static bool IsNumber(string text) => Number().IsMatch(text) || NotFinite().IsMatch(text);

    /// <summary>The number as JSON writes it; null where that has none of its kind: infinities, and hexadecimal or octal ones beyond 64 bits.</summary>
    public static string? ToJson(string text)
    {
        if (NotFinite().IsMatch(text))
            return null;
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value.ToString(CultureInfo.InvariantCulture) : null;
        if (text.StartsWith("0o", StringComparison.Ordinal))
            return OfOctal(text.AsSpan(2).TrimStart('0'));
        Match parts = Number().Match(text);
        string whole = parts.Groups["whole"].Value.TrimStart('0'), fraction = parts.Groups["fraction"].Value;
        return $"{(text[0] == '-' ? "-" : "")}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : "." + fraction)}{parts.Groups["exponent"].Value}";
    }

    private static string? OfOctal(ReadOnlySpan<char> digits)
    {
        if (digits.Length > 21)
            return null;
        ulong value = 0;
        foreach (char digit in digits)
            value = value << 3 | (uint)(digit - '0');
        return value.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(0x[0-9a-fA-F]+|0o[0-7]+|[-+]?((?<whole>[0-9]+)(\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))(?<exponent>[eE][-+]?[0-9]+)?)\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex NotFinite();
}
