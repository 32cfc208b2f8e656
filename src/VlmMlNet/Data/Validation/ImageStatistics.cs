namespace VlmMlNet.Data.Validation;

/// <summary>The pictures of a data set, each file once however many rows have it.</summary>
/// <param name="Count">How many pictures were looked at.</param>
/// <param name="Missing">How many of their files do not exist.</param>
/// <param name="Unreadable">How many are no intact pictures within the limits.</param>
/// <param name="Smallest">Width and height of the one with the fewest pixels; null where none is good.</param>
/// <param name="Largest">Width and height of the one with the most pixels; null where none is good.</param>
/// <param name="MeanWidth">Mean width of the good ones in pixels; NaN where none is good.</param>
/// <param name="MeanHeight">Mean height of the good ones in pixels; NaN where none is good.</param>
public sealed record ImageStatistics(
    long Count, long Missing, long Unreadable, (int Width, int Height)? Smallest, (int Width, int Height)? Largest, double MeanWidth, double MeanHeight)
{
    internal static ImageStatistics Empty { get; } = new(0, 0, 0, null, null, double.NaN, double.NaN);

    private long Good => Count - Missing - Unreadable;

    /// <summary>Those of two data sets together; a picture of both counts twice.</summary>
    internal ImageStatistics Add(ImageStatistics other)
    {
        return new ImageStatistics(Count + other.Count, Missing + other.Missing, Unreadable + other.Unreadable,
            Choose(Smallest, other.Smallest, smaller: true), Choose(Largest, other.Largest, smaller: false),
            Mean(MeanWidth, other.MeanWidth), Mean(MeanHeight, other.MeanHeight));

        double Mean(double one, double two) => Good == 0 ? two : other.Good == 0 ? one : (one * Good + two * other.Good) / (Good + other.Good);
    }

    private static (int Width, int Height)? Choose((int Width, int Height)? one, (int Width, int Height)? two, bool smaller)
    {
        if (one is not { } a || two is not { } b)
            return one ?? two;
        return (long)a.Width * a.Height <= (long)b.Width * b.Height == smaller ? a : b;
    }
}
