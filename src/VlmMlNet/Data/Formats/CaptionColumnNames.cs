namespace VlmMlNet.Data.Formats;

/// <summary>What published data sets of pictures with captions call their columns, or the properties of their rows.</summary>
internal static class CaptionColumnNames
{
    public static string[] Image { get; } = ["image", "image_path", "filename", "file_name", "filepath", "path", "image_name", "img", "picture", "jpg", "jpeg", "png", "webp", "images"];

    public static string[] Caption { get; } = ["caption", "captions", "text", "comment", "raw", "txt", "sentences", "description", "title", "label"];

    public static string[] Id { get; } = ["id", "img_id"];

    public static string[] Split { get; } = ["split"];

    /// <summary>Whether two names are the same but for capitals, or a blank or hyphen in place of <c>_</c>.</summary>
    public static bool AreSame(string one, string other) => Plain(one).Equals(Plain(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>The place of the first name that is one of those that a data set has, among these; -1 where none is. One that is equal to the letter
    /// goes before one that is the same otherwise.</summary>
    /// <param name="wanted">The names that are looked for, the best first.</param>
    /// <param name="names">The data set's.</param>
    public static int Find(ReadOnlySpan<string> wanted, string[] names)
    {
        foreach (string name in wanted)
        {
            int place = Array.IndexOf(names, name);
            if (place < 0)
                place = Array.FindIndex(names, other => AreSame(name, other));
            if (place >= 0)
                return place;
        }
        return -1;
    }

    /// <summary>Whether there is a picture and a caption among a data set's names.</summary>
    public static bool AreIn(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return Find(Image, all) >= 0 && Find(Caption, all) >= 0;
    }

    private static string Plain(string name) => name.Replace(' ', '_').Replace('-', '_');
}
