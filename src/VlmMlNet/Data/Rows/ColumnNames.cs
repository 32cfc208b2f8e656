using VlmMlNet.Safetensors;

namespace VlmMlNet.Data.Rows;

/// <summary>The names under which columns are looked for, and what is said where a name is not there.</summary>
internal static class ColumnNames
{
    public static readonly string[] Image = ["image", "images", "img", "picture", "jpg", "jpeg", "png", "webp", "image_path", "file_name", "filename", "filepath", "path"];
    public static readonly string[] Caption = ["caption", "captions", "text", "txt", "sentences", "description", "title"];
    public static readonly string[] Question = ["question"];
    public static readonly string[] Answer = ["answers", "answer", "multiple_choice_answer"];
    public static readonly string[] Conversation = ["conversations", "conversation", "messages", "texts"];

    /// <summary>A column that was asked for is not there.</summary>
    /// <param name="source">The file.</param>
    /// <param name="option">What it was asked for with.</param>
    /// <param name="name">The name that was given.</param>
    /// <param name="there">The columns that are there.</param>
    public static MalformedInputException Missing(string source, string option, string name, IEnumerable<string> there)
    {
        string near = there.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? TensorName.Nearest(name, there) ?? "";
        return new MalformedInputException(source, $"it has no column '{name}', which {option} names", $"{(near.Length > 0 ? $"Did you mean '{near}'? " : "")}Its columns are {List(there)}.");
    }

    /// <summary>None of the usual names is there.</summary>
    /// <param name="source">The file.</param>
    /// <param name="option">What another can be asked for with; null where none can.</param>
    /// <param name="usual">The usual names.</param>
    /// <param name="there">The columns that are there.</param>
    public static MalformedInputException Missing(string source, string? option, string[] usual, IEnumerable<string> there) =>
        new(source, $"it has no column {string.Join(" or ", usual.Select(n => $"'{n}'"))}", $"Its columns are {List(there)}{(option is null ? "" : $"; {option} names the one that is meant")}.");

    /// <summary>Names as messages list them.</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));
}
