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
    long Count, long Missing, long Unreadable, (int Width, int Height)? Smallest, (int Width, int Height)? Largest, double MeanWidth, double MeanHeight);
