using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>A picture with its captions. The picture is a path (Bytes is empty then) or embedded.</summary>
internal sealed record CaptionRow(string Id, string ImagePath, IReadOnlyList<string> Captions) : IPictureRow
{
    /// <summary>The embedded picture.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The picture's file, where a format that embeds pictures points at one; null otherwise.</summary>
    public string? File { get; init; }

    /// <summary>Whether it has a picture: told by a format that embeds pictures, which are not always read.</summary>
    public bool HasPicture { get; init; } = !string.IsNullOrWhiteSpace(ImagePath);

    /// <summary>Whether it is one of those that people are yet to give captions, which is no mistake: an empty list says so, a missing text
    /// does not.</summary>
    public bool IsUnanswered { get; init; } = Captions.Count == 0;

    /// <summary>Values of further columns.</summary>
    public string[] Texts { get; init; } = [];

    /// <summary>Columns of a format that points at files.</summary>
    public static IReadOnlyList<RowColumn<CaptionRow>> PathColumns { get; } = Columns(RowColumn<CaptionRow>.Text(VisionLanguageColumns.Image, row => row.ImagePath));

    /// <summary>Columns of a format that embeds pictures.</summary>
    public static IReadOnlyList<RowColumn<CaptionRow>> ByteColumns { get; } = Columns(RowColumn<CaptionRow>.Picture(VisionLanguageColumns.Image, row => (row.Bytes, row.File)));

    private static RowColumn<CaptionRow>[] Columns(RowColumn<CaptionRow> image) =>
    [
        RowColumn<CaptionRow>.Text(VisionLanguageColumns.Id, row => row.Id),
        image,
        RowColumn<CaptionRow>.Text(VisionLanguageColumns.ImagePath, row => row.ImagePath),
        RowColumn<CaptionRow>.Texts(VisionLanguageColumns.Captions, row => row.Captions),
    ];
}
