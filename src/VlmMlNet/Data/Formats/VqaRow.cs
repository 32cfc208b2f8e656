using VlmMlNet.Data.Rows;
using VlmMlNet.Text;

namespace VlmMlNet.Data.Formats;

/// <summary>A question about a picture. The picture is a path (Bytes is empty then) or embedded.</summary>
/// <param name="Id">The question's id.</param>
/// <param name="ImagePath">The picture's path; for an embedded picture the one recorded beside it.</param>
/// <param name="Question">The question.</param>
/// <param name="Answers">All answers: ten in VQAv2, one elsewhere, none where they are kept back.</param>
internal sealed record VqaRow(string Id, string ImagePath, string Question, IReadOnlyList<string> Answers) : IPictureRow
{
    /// <summary>The embedded picture.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The picture's file, where a format that embeds pictures points at one; null otherwise.</summary>
    public string? File { get; init; }

    /// <summary>Whether it has a picture: told by a format that embeds pictures, which are not always read.</summary>
    public bool HasPicture { get; init; } = !string.IsNullOrWhiteSpace(ImagePath);

    /// <summary>Whether it is one of those that people are yet to give an answer, which is no mistake: an empty list says so, a missing text
    /// does not.</summary>
    public bool IsUnanswered { get; init; } = Answers.Count == 0;

    /// <summary>The answer to train on.</summary>
    public string? Answer { get; init; } = Answers.Count == 0 ? null : Answers[0];

    public string AnswerType { get; init; } = "";

    public string QuestionType { get; init; } = "";

    /// <summary>Columns of a format that points at files.</summary>
    public static IReadOnlyList<RowColumn<VqaRow>> PathColumns { get; } = Columns(RowColumn<VqaRow>.Text(VisionLanguageColumns.Image, row => row.ImagePath));

    /// <summary>Columns of a format that embeds pictures.</summary>
    public static IReadOnlyList<RowColumn<VqaRow>> ByteColumns { get; } = Columns(RowColumn<VqaRow>.Picture(VisionLanguageColumns.Image, row => (row.Bytes, row.File)));

    private string[] Conversation
    {
        get
        {
            string question = ImagePlaceholder.Before(Question);
            return Answer is null ? [question] : [question, Answer];
        }
    }

    private static RowColumn<VqaRow>[] Columns(RowColumn<VqaRow> image) =>
    [
        RowColumn<VqaRow>.Text(VisionLanguageColumns.Id, row => row.Id),
        image,
        RowColumn<VqaRow>.Text(VisionLanguageColumns.ImagePath, row => row.ImagePath),
        RowColumn<VqaRow>.Text(VisionLanguageColumns.Question, row => row.Question),
        RowColumn<VqaRow>.Texts(VisionLanguageColumns.Answers, row => row.Answers),
        RowColumn<VqaRow>.Text(VisionLanguageColumns.AnswerType, row => row.AnswerType),
        RowColumn<VqaRow>.Text(VisionLanguageColumns.QuestionType, row => row.QuestionType),
        RowColumn<VqaRow>.Texts(VisionLanguageColumns.Conversation, row => row.Conversation),
    ];
}
