using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>SLAKE's JSON: an array of <c>{"qid", "img_name", "question", "answer", "q_lang", "answer_type",
/// "content_type"}</c>.</summary>
internal sealed class SlakeSource(string path, SlakeOptions options) : JsonRowSource<VqaRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder ?? ImagePaths.Beside(path, "imgs"));
    private readonly string? _language = options.Language;

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.PathColumns;

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not SLAKE's JSON, which is one array of rows", "Its files are named train.json, validate.json and test.json.");

    protected override VqaRow? Parse(ref Utf8JsonReader reader)
    {
        string? id = null, image = null, question = null, answer = null, language = null;
        string answerType = "", questionType = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "qid": id = JsonFields.TextOrNumber(ref reader, name); break;
                case "img_name": image = JsonFields.Text(ref reader, name); break;
                case "question": question = JsonFields.Text(ref reader, name); break;
                case "answer": answer = JsonFields.TextOrNumber(ref reader, name); break;
                case "q_lang": language = JsonFields.Text(ref reader, name); break;
                case "answer_type": answerType = JsonFields.Text(ref reader, name).Trim(); break;
                case "content_type": questionType = JsonFields.Text(ref reader, name).Trim(); break;
                default: reader.Skip(); break;
            }
        }
        var row = new VqaRow(id ?? throw JsonFields.Missing("qid"), _images.Resolve(image ?? throw JsonFields.Missing("img_name")),
            question ?? throw JsonFields.Missing("question"), [answer ?? throw JsonFields.Missing("answer")])
        {
            AnswerType = answerType,
            QuestionType = questionType,
        };
        return _language is null || _language == (language ?? throw JsonFields.Missing("q_lang")) ? row : null;
    }
}
