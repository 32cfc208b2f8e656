namespace VlmMlNet.Data;

/// <summary>Options of <see cref="VisionLanguageDataCatalog.LoadVqaParquet(string, VqaParquetOptions)"/>.</summary>
public sealed class VqaParquetOptions : DataReaderOptions
{
    /// <summary>The file's column of pictures: struct&lt;bytes, path&gt;, or the bytes alone. Default: <c>image</c>.</summary>
    public string ImageColumn { get; set; } = "image";

    /// <summary>The file's column of questions. Default: <c>question</c>.</summary>
    public string QuestionColumn { get; set; } = "question";

    /// <summary>The file's column of answers: a string, a number or a list of strings. Default: <c>answer</c>.</summary>
    public string AnswerColumn { get; set; } = "answer";

    /// <summary>The file's column that becomes Id. Default: null, the first of <c>question_id</c>, <c>id</c> and <c>qid</c> that is
    /// there; the zero-based row where none is.</summary>
    public string? IdColumn { get; set; }

    /// <summary>The file's column that becomes AnswerType. Default: null, <c>answer_type</c> where it is there; where it is not,
    /// CLOSED for the answers yes and no and OPEN for all others.</summary>
    public string? AnswerTypeColumn { get; set; }

    /// <summary>The file's column that becomes QuestionType. Default: null, <c>question_type</c> where it is there.</summary>
    public string? QuestionTypeColumn { get; set; }
}
