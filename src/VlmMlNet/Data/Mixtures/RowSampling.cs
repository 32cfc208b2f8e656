using System.Globalization;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Which rows of a data set a recipe takes; LLaVA's <c>sampling_strategy</c>.</summary>
/// <param name="Strategy">From where.</param>
/// <param name="Count">So many rows, or all where there are fewer; null where <paramref name="Percent"/> says how many.</param>
/// <param name="Percent">So many hundredths of the rows, rounded up as LLaVA does.</param>
public sealed record RowSampling(SamplingStrategy Strategy, long? Count = null, decimal? Percent = null)
{
    /// <summary>All rows.</summary>
    public static RowSampling All { get; } = new(SamplingStrategy.All);

    /// <summary>Reads <c>all</c>, <c>first:1000</c>, <c>first:10%</c>, <c>end:1000</c>, <c>end:10%</c>, <c>random:1000</c> or <c>random:10%</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static RowSampling Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "all")
            return All;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        SamplingStrategy? strategy = colon < 0 ? null : text[..colon] switch
        {
            "first" => SamplingStrategy.First,
            "end" => SamplingStrategy.End,
            "random" => SamplingStrategy.Random,
            _ => null,
        };
        ReadOnlySpan<char> amount = text.AsSpan(colon + 1);
        if (strategy is { } known)
        {
            if (amount.EndsWith("%") && decimal.TryParse(amount[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent) && percent is > 0 and <= 100)
                return new RowSampling(known, Percent: percent);
            if (long.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0)
                return new RowSampling(known, count);
        }
        throw new FormatException($"'{text}' is none of all, first:1000, first:10%, end:1000, end:10%, random:1000 and random:10%");
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Strategy == SamplingStrategy.All ? "all"
        : string.Create(CultureInfo.InvariantCulture, $"{(Strategy switch { SamplingStrategy.First => "first", SamplingStrategy.End => "end", _ => "random" })}:{(Percent is { } percent ? $"{percent.ToString(CultureInfo.InvariantCulture)}%" : Count)}");

    /// <summary>Whether it is one that <see cref="Parse"/> gives: code can make others.</summary>
    internal bool IsValid => Strategy switch
    {
        SamplingStrategy.All => Count is null && Percent is null,
        SamplingStrategy.First or SamplingStrategy.End or SamplingStrategy.Random => Percent is { } percent ? Count is null && percent is > 0 and <= 100 : Count > 0,
        _ => false,
    };

    internal long CountOf(long rows) => Strategy == SamplingStrategy.All ? rows
        : Math.Min(rows, Percent is { } percent ? (long)Math.Ceiling(percent * rows / 100) : Count ?? rows);
}
