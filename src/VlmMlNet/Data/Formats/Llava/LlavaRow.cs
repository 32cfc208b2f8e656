using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>A conversation about pictures: paths, or one embedded picture.</summary>
/// <param name="Id">The row's id, or the empty string.</param>
/// <param name="Images">The pictures' paths; for an embedded picture the path recorded beside it.</param>
/// <param name="Turns">[human, gpt, human, gpt, ...].</param>
internal sealed record LlavaRow(string Id, IReadOnlyList<string> Images, IReadOnlyList<string> Turns) : IPictureRow
{
    /// <summary>The embedded picture.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The picture's file, where a format that embeds pictures points at one; null otherwise.</summary>
    public string? File { get; init; }

    /// <summary>What the system says; empty where it says nothing.</summary>
    public string System { get; init; } = "";

    private string FirstImage => Images.Count == 0 ? "" : Images[0];

    /// <summary>Columns of a format that points at files, one in a row.</summary>
    public static IReadOnlyList<RowColumn<LlavaRow>> PathColumns { get; } = Columns(
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.Image, row => row.FirstImage),
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.ImagePath, row => row.FirstImage));

    /// <summary>Columns of a format that points at files, several in a row.</summary>
    public static IReadOnlyList<RowColumn<LlavaRow>> PathsColumns { get; } = Columns(
        RowColumn<LlavaRow>.Texts(VisionLanguageColumns.Image, row => row.Images),
        RowColumn<LlavaRow>.Texts(VisionLanguageColumns.ImagePath, row => row.Images));

    /// <summary>Columns of a format that embeds pictures.</summary>
    public static IReadOnlyList<RowColumn<LlavaRow>> ByteColumns { get; } = Columns(
        RowColumn<LlavaRow>.Picture(VisionLanguageColumns.Image, row => (row.Bytes, row.File)),
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.ImagePath, row => row.FirstImage));

    private static RowColumn<LlavaRow>[] Columns(RowColumn<LlavaRow> image, RowColumn<LlavaRow> path) =>
    [
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.Id, row => row.Id),
        image,
        path,
        RowColumn<LlavaRow>.Texts(VisionLanguageColumns.Conversation, row => row.Turns),
        RowColumn<LlavaRow>.Text(VisionLanguageColumns.SystemPrompt, row => row.System),
    ];
}
