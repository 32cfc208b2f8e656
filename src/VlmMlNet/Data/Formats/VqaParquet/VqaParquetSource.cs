using System.Globalization;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaParquet;

/// <summary>Parquet files of pictures with a question and its answers, such as PathVQA, VQA-RAD, VQAv2 and TextVQA.</summary>
internal sealed class VqaParquetSource : ParquetRowSource<VqaRow>
{
    private static readonly string[] s_idColumns = ["question_id", "id", "qid", "questionId"];
    private static readonly string[] s_answerTypeColumns = ["answer_type"], s_questionTypeColumns = ["question_type"], s_bestColumns = ["multiple_choice_answer", "answer"];

    private readonly VqaParquetOptions _options;
    private readonly ImagePaths _paths;
    private bool _holdsPaths;

    public VqaParquetSource(string path, VqaParquetOptions options)
        : base(path, options)
    {
        _options = options;
        _paths = new ImagePaths(path, options.ImageFolder, options);
        CheckColumns();
    }

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => _holdsPaths ? VqaRow.PathColumns : VqaRow.ByteColumns;

    protected override Func<long, VqaRow> Open(ParquetFile file, Func<string, bool> active)
    {
        ParquetNode node = file.Require(_options.ImageColumn, _options.OptionName("Image"), ColumnNames.Image, Path);
        var pictures = new ParquetPictures(file, node, _paths, active, Path);
        _holdsPaths = pictures.HoldsPaths;
        ParquetNode questionNode = file.Require(_options.QuestionColumn, _options.OptionName("Question"), ColumnNames.Question, Path);
        var question = new ParquetTexts(file, questionNode, Path);
        ParquetNode? answerNode = file.Find(_options.AnswerColumn, _options.OptionName("Answer"), ColumnNames.Answer, Path);
        ParquetTexts? answers = answerNode is null ? null : new ParquetTexts(file, AnswerOf(answerNode), Path);
        // Where people's answers are listed, the one to train on stands beside them.
        ParquetTexts? best = answerNode?.Name == "answers" ? file.FindPlain(null, "", s_bestColumns, Path) : null;
        ParquetTexts? id = file.FindPlain(_options.IdColumn, _options.OptionName("Id"), s_idColumns, Path);
        ParquetTexts? answerType = file.FindPlain(_options.AnswerTypeColumn, nameof(_options.AnswerTypeColumn), s_answerTypeColumns, Path);
        ParquetTexts? questionType = file.FindPlain(_options.QuestionTypeColumn, nameof(_options.QuestionTypeColumn), s_questionTypeColumns, Path);
        var foreign = new ParquetForeignColumns(file, _paths, node, _options.ImageColumn is null ? _options.OptionName("Image") : null, Path);
        ParquetTexts? choices = AnswerChoices.Names.Select(name => file.Root[name]).FirstOrDefault(column => column?.ListElement() is { IsLeaf: true, Repetition: 1 } choice && ParquetValueText.IsKnown(choice)) is { } found ? new ParquetTexts(file, found, Path) : null;
        return row =>
        {
            foreign.Check();
            string asked = question.Single ?? throw new RowProblemException($"column '{questionNode.Name}' is null") { IsIncomplete = true };
            string[] texts = answers?.All ?? [];
            AnswerChoices.Check(choices?.All ?? [], texts);
            ParquetPicture? picture = pictures.Only();
            return new VqaRow(id?.Id ?? row.ToString(CultureInfo.InvariantCulture), picture?.Path ?? "", asked, texts)
            {
                HasPicture = picture is not null,
                IsUnanswered = texts.Length == 0 && answers is not { IsList: false },
                Answer = best?.Single ?? Commonest(texts),
                Bytes = picture?.Bytes ?? default,
                File = picture?.File,
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

    /// <summary>The answer itself: people's answers are texts, or structs of a text, of how sure they were, and of a number.</summary>
    private static ParquetNode AnswerOf(ParquetNode column)
    {
        ParquetNode element = column.ListElement() ?? column;
        return element.IsLeaf ? column : element["answer"] ?? column;
    }

    /// <summary>What most people answered; of answers as common as others the first.</summary>
    internal static string? Commonest(string[] answers) => answers.Length == 0 ? null : answers.GroupBy(a => a).MaxBy(group => group.Count())!.Key;
}
