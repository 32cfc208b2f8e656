namespace VlmMlNet.Text;

/// <summary>The places of pictures in texts, each <see cref="ImageToken.Text"/>.</summary>
internal static class ImagePlaceholder
{
    /// <summary>How many places a text has.</summary>
    public static int Count(ReadOnlySpan<char> text) => text.Count(ImageToken.Text);

    /// <summary>The text with places before it, each in a line of its own.</summary>
    public static string Before(string text, int images = 1) => string.Concat(Enumerable.Repeat($"{ImageToken.Text}\n", images)) + text;

    /// <summary>The text with a place: before it, where it has none.</summary>
    public static string Ensure(string text) => Count(text) == 0 ? Before(text) : text;

    /// <summary>The text without its places.</summary>
    public static string Remove(string text) => text.Replace(ImageToken.Text, "", StringComparison.Ordinal);
}
