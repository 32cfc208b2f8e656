using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>What changes the meaning of a row and is not read: passed over, the model would learn to tell of what it is not
/// shown. Such a row is refused.</summary>
internal static partial class ForeignContent
{
    /// <summary>What a second picture of a row is.</summary>
    public const string AnotherPicture = "more pictures than one";

    private static readonly Dictionary<string, string> s_properties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["video"] = "a video",
        ["videos"] = "a video",
        ["video_path"] = "a video",
        ["video_url"] = "a video",
        ["audio"] = "a sound recording",
        ["audios"] = "a sound recording",
        ["audio_path"] = "a sound recording",
        ["audio_url"] = "a sound recording",
        ["speech"] = "a sound recording",
        ["tools"] = "tools that the assistant may call",
        ["functions"] = "tools that the assistant may call",
        ["tool_calls"] = "tools that the assistant may call",
        ["function_call"] = "tools that the assistant may call",
        ["chosen"] = "a preference among answers",
        ["rejected"] = "a preference among answers",
    };

    private static readonly (string Mark, string End, string What)[] s_marks =
        [("<video>", "</video>", "a video"), ("<audio>", "</audio>", "a sound recording"), ("<speech>", "</speech>", "a sound recording")];

    /// <summary>What a property or column says that a row is about; null where its name says nothing of the kind.</summary>
    public static string? Of(string name) => s_properties.GetValueOrDefault(name) ?? (NumberedPicture().IsMatch(name) ? AnotherPicture : null);

    /// <summary>Passes over a property's value.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="name">The property.</param>
    /// <param name="imageOption">What names the property of pictures; null where it has been named, so that others are left out.</param>
    /// <exception cref="RowProblemException">It is one that is not read, and has a value.</exception>
    public static void Skip(ref Utf8JsonReader reader, string name, string? imageOption)
    {
        if (Of(name) is { } what && !IsEmpty(ref reader) && !(what == AnotherPicture && imageOption is null))
            throw Refused($"the row has '{name}'", what, imageOption);
        reader.Skip();
    }

    /// <summary>Requires that a turn has no place for anything but pictures.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="turn">The turn's number.</param>
    /// <exception cref="RowProblemException">It has.</exception>
    public static void CheckTurn(string text, int turn)
    {
        foreach ((string mark, string end, string what) in s_marks)
        {
            // Where people talk of HTML it stands within a sentence, or has its end.
            if (text.Contains(mark, StringComparison.Ordinal) && !text.Contains(end, StringComparison.Ordinal) && HasLine(text, mark))
                throw Refused($"turn {turn} has {mark}", what);
        }
    }

    /// <summary>Refuses a text that a row has under a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text.</param>
    /// <param name="imageOption">What names the column of pictures; null where it has been named, so that others are left out.</param>
    /// <exception cref="RowProblemException">The name is one that is not read, and the text stands for something.</exception>
    public static void Check(string name, string text, string? imageOption)
    {
        if (Of(name) is { } what && !IsEmpty(Encoding.UTF8.GetBytes(text)) && !CaptionList.IsMissing(text) && !(what == AnotherPicture && imageOption is null))
            throw Refused($"the row has '{name}'", what, imageOption);
    }

    // image_2 and image2: only a name that says another number of picture, never one that is read.
    [GeneratedRegex(@"^(?:image|img|picture|photo)_?\d+$", RegexOptions.IgnoreCase)]
    private static partial Regex NumberedPicture();

    /// <summary>What is said of such a row.</summary>
    /// <param name="where">What the row has.</param>
    /// <param name="what">What it is about.</param>
    /// <param name="imageOption">What names the column of pictures.</param>
    public static RowProblemException Refused(string where, string what, string? imageOption = null) =>
        new($"{where}: this row is about {what}", what == AnotherPicture ? $"A model is shown one: {imageOption} names the column of that one. Leave others out, by skipping bad rows or in the file." : "Rows of text and pictures are read. Leave others out, by skipping bad rows or in the file.");

    // The mark begins or ends the text, or a line of it is the mark alone.
    private static bool HasLine(string text, string mark)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.StartsWith(mark, StringComparison.Ordinal) || trimmed.EndsWith(mark, StringComparison.Ordinal))
            return true;
        foreach (ReadOnlySpan<char> line in trimmed.EnumerateLines())
        {
            if (line.Trim().SequenceEqual(mark))
                return true;
        }
        return false;
    }

    private static bool IsEmpty(ref Utf8JsonReader reader)
    {
        var inner = reader;
        return reader.TokenType switch
        {
            JsonTokenType.Null or JsonTokenType.False => true,
            JsonTokenType.String => IsEmpty(reader.ValueSpan),
            JsonTokenType.StartArray => inner.Read() && inner.TokenType == JsonTokenType.EndArray,
            JsonTokenType.StartObject => inner.Read() && inner.TokenType == JsonTokenType.EndObject,
            _ => false,
        };
    }

    /// <summary>Whether a text stands for nothing: some data sets write lists as texts.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8) is var rest && (rest.IsEmpty || rest.SequenceEqual("[]"u8) || rest.SequenceEqual("{}"u8) || rest.SequenceEqual("null"u8));
}
