using VlmMlNet.Data.Formats.CaptionParquet;

namespace VlmMlNet.Data.Formats.VqaParquet;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadVqaParquet(string, VqaParquetOptions)"/>.</summary>
public sealed class VqaParquetOptions : DataReaderOptions
{
    /// <summary>The folder that paths of pictures start from, of files that do not embed them. Default: null, the folder of the
    /// file itself.</summary>
    public string? ImageFolder { get; set; }

    /// <summary>The file's column of pictures: struct&lt;bytes, path&gt;, the bytes alone, paths of files (strings), or a list of one of
    /// these. Default: null, the first of the names that <see cref="CaptionParquetOptions.ImageColumn"/> lists.</summary>
    public string? ImageColumn { get; set; }

    /// <summary>The file's column of questions. Default: null, <c>question</c>.</summary>
    public string? QuestionColumn { get; set; }

    /// <summary>The file's column of answers: a string, a number, a list of strings, or a list of structs with a field
    /// <c>answer</c>. Default: null, the first of <c>answers</c>, <c>answer</c> and <c>multiple_choice_answer</c> that is there; no row has
    /// answers where none is. Of <c>answers</c> the one to train on is <c>multiple_choice_answer</c>, or <c>answer</c>, where such a
    /// column is there too, and the commonest otherwise.</summary>
    public string? AnswerColumn { get; set; }

    /// <summary>The file's column that becomes Id. Default: null, the first of <c>question_id</c>, <c>id</c>, <c>qid</c> and
    /// <c>questionId</c> that is there; the zero-based row where none is.</summary>
    public string? IdColumn { get; set; }

    /// <summary>The file's column that becomes AnswerType. Default: null, <c>answer_type</c> where it is there; where it is not,
    /// CLOSED for the answers yes and no and OPEN for all others.</summary>
    public string? AnswerTypeColumn { get; set; }

    /// <summary>The file's column that becomes QuestionType. Default: null, <c>question_type</c> where it is there.</summary>
    public string? QuestionTypeColumn { get; set; }
}
