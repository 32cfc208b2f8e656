namespace VlmMlNet.Data;

/// <summary>Names of the columns that the readers of <see cref="VisionLanguageDataCatalog"/> give.</summary>
public static class VisionLanguageColumns
{
    /// <summary>Text: the identifier that the file gives to the row; empty where it gives none.</summary>
    public const string Id = "Id";

    /// <summary>The picture. Text (the file's path) where the data set points at files, Vector&lt;Byte&gt; (the encoded file:
    /// JPEG, PNG, ...) where it embeds them. Empty for a row of text alone.</summary>
    public const string Image = "Image";

    /// <summary>Text: the picture's path, equal to <see cref="Image"/>, in data sets that point at files; the name recorded
    /// beside the bytes in data sets that embed them.</summary>
    public const string ImagePath = "ImagePath";

    /// <summary>Vector&lt;Text&gt;: the turns of a conversation, [user, assistant, user, assistant, ...]. A turn may hold the
    /// place of the picture, <c>&lt;image&gt;</c>.</summary>
    public const string Conversation = "Conversation";

    /// <summary>Text: what the system says before a conversation, in the place of the chat template's own words; empty where it says
    /// nothing.</summary>
    public const string SystemPrompt = "SystemPrompt";

    /// <summary>Vector&lt;Text&gt;: all captions of the picture.</summary>
    public const string Captions = "Captions";

    /// <summary>Text: of a mixture, the name of the data set that the row is from.</summary>
    public const string Dataset = "Dataset";

    /// <summary>Text: the question about the picture.</summary>
    public const string Question = "Question";

    /// <summary>Vector&lt;Text&gt;: all answers to the question; ten in VQAv2, one elsewhere, none where a data set keeps
    /// them back.</summary>
    public const string Answers = "Answers";

    /// <summary>Text: the data set's kind of answer, such as <c>yes/no</c> or <c>CLOSED</c>; empty where it has none.</summary>
    public const string AnswerType = "AnswerType";

    /// <summary>Text: the data set's kind of question; empty where it has none.</summary>
    public const string QuestionType = "QuestionType";
}
