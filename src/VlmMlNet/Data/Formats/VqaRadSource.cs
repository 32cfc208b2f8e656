using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>VQA-RAD's JSON: an array of <c>{"qid", "image_name", "question", "answer", "answer_type", "question_type",
/// "phrase_type"}</c>. Answers are texts or numbers; kinds may carry spaces.</summary>
internal sealed class VqaRadSource(string path, VqaRadOptions options) : JsonRowSource<VqaRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder ?? ImagePaths.Beside(path, "VQA_RAD Image Folder"));
    private readonly DataSplit _split = options.Split;

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.PathColumns;

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not VQA-RAD's JSON, which is one array of rows", "Its file is named 'VQA_RAD Dataset Public.json'.");

    protected override VqaRow? Parse(ref Utf8JsonReader reader)
    {
        string? id = null, image = null, question = null, answer = null, phraseType = null;
        string answerType = "", questionType = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "qid": id = JsonFields.TextOrNumber(ref reader, name); break;
                case "image_name": image = JsonFields.Text(ref reader, name); break;
                case "question": question = JsonFields.Text(ref reader, name); break;
                case "answer": answer = JsonFields.TextOrNumber(ref reader, name); break;
                case "answer_type": answerType = JsonFields.Text(ref reader, name).Trim(); break;
                case "question_type": questionType = JsonFields.Text(ref reader, name).Trim(); break;
                case "phrase_type": phraseType = JsonFields.Text(ref reader, name).Trim(); break;
                default: reader.Skip(); break;
            }
        }
        var row = new VqaRow(id ?? throw JsonFields.Missing("qid"), _images.Resolve(image ?? throw JsonFields.Missing("image_name")),
            question ?? throw JsonFields.Missing("question"), [answer ?? throw JsonFields.Missing("answer")])
        {
            AnswerType = answerType,
            QuestionType = questionType,
        };
        if (_split == DataSplit.All)
            return row;
        if (phraseType is null)
            throw JsonFields.Missing("phrase_type");
        bool isTest = phraseType.StartsWith("test", StringComparison.Ordinal);
        return isTest == (_split == DataSplit.Test) ? row : null;
    }
}
