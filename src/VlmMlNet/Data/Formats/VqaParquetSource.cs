using System.Globalization;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Parquet files of pictures with a question and its answer, such as PathVQA and VQA-RAD.</summary>
internal sealed class VqaParquetSource : ParquetRowSource<VqaRow>
{
    private readonly VqaParquetOptions _options;

    public VqaParquetSource(string path, VqaParquetOptions options)
        : base(path, options)
    {
        _options = options;
        CheckColumns();
    }

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.ByteColumns;

    protected override Func<long, VqaRow> Open(ParquetFile file, Func<string, bool> active)
    {
        var image = new ParquetImage(file, file.Require(_options.ImageColumn, Path), active(VisionLanguageColumns.Image), Path);
        var question = new ParquetTexts(file, file.Require(_options.QuestionColumn, Path), Path);
        var answers = new ParquetTexts(file, file.Require(_options.AnswerColumn, Path), Path);
        ParquetTexts? id = Plain(file, _options.IdColumn, "question_id", "id", "qid");
        ParquetTexts? answerType = Plain(file, _options.AnswerTypeColumn, "answer_type");
        ParquetTexts? questionType = Plain(file, _options.QuestionTypeColumn, "question_type");
        return row =>
        {
            string[] texts = answers.All;
            return new VqaRow(id?.Single ?? row.ToString(CultureInfo.InvariantCulture), image.Path,
                question.Single ?? throw new RowProblemException($"column '{_options.QuestionColumn}' is null"), texts)
            {
                Bytes = image.Bytes,
                AnswerType = answerType is null ? ClosedOrOpen(texts) : answerType.Single ?? "",
                QuestionType = questionType?.Single ?? "",
            };
        };
    }

    /// <summary>What the medical sets call CLOSED, told by the answer where the file does not say it.</summary>
    internal static string ClosedOrOpen(string[] answers)
    {
        if (answers.Length == 0)
            return "";
        ReadOnlySpan<char> answer = answers[0].AsSpan().Trim();
        return answer.Equals("yes", StringComparison.OrdinalIgnoreCase) || answer.Equals("no", StringComparison.OrdinalIgnoreCase) ? "CLOSED" : "OPEN";
    }

    private ParquetTexts? Plain(ParquetFile file, string? name, params ReadOnlySpan<string> usual)
    {
        ParquetNode? node = name is null ? file.FirstPlain(usual) : file.Require(name, Path);
        return node is null ? null : new ParquetTexts(file, node, Path);
    }
}
