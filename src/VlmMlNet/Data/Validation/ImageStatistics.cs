namespace VlmMlNet.Data.Validation;

/// <summary>The pictures of a data set, each file once however many rows have it.</summary>
/// <param name="Count">How many pictures were looked at.</param>
/// <param name="Missing">How many of their files do not exist.</param>
/// <param name="Unreadable">How many are no intact pictures within the limits.</param>
/// <param name="Least">The least width and the least height of the good ones in pixels, each by itself; null where none is good.</param>
/// <param name="Greatest">The greatest width and the greatest height of the good ones in pixels, each by itself; null where none is good.</param>
/// <param name="MeanWidth">Mean width of the good ones in pixels; NaN where none is good.</param>
/// <param name="MeanHeight">Mean height of the good ones in pixels; NaN where none is good.</param>
public sealed record ImageStatistics(
    long Count, long Missing, long Unreadable, (int Width, int Height)? Least, (int Width, int Height)? Greatest, double MeanWidth, double MeanHeight)
{
    internal static ImageStatistics Empty { get; } = new(0, 0, 0, null, null, double.NaN, double.NaN);

    private long Good => Count - Missing - Unreadable;

    /// <summary>Those of two data sets together; a picture of both counts twice.</summary>
    internal ImageStatistics Add(ImageStatistics other)
    {
        return new ImageStatistics(Count + other.Count, Missing + other.Missing, Unreadable + other.Unreadable,
            Join(Least, other.Least, Math.Min), Join(Greatest, other.Greatest, Math.Max),
            Mean(MeanWidth, other.MeanWidth), Mean(MeanHeight, other.MeanHeight));

        double Mean(double one, double two) => Good == 0 ? two : other.Good == 0 ? one : (one * Good + two * other.Good) / (Good + other.Good);
    }

    private static (int Width, int Height)? Join((int Width, int Height)? one, (int Width, int Height)? two, Func<int, int, int> choose) =>
        one is { } a && two is { } b ? (choose(a.Width, b.Width), choose(a.Height, b.Height)) : one ?? two;
}
