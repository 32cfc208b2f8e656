using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>JSON rows of one question with one answer each: <c>{"qid", image, "question", "answer", "answer_type", type of
/// question, ...}</c>. Answers are texts or numbers; kinds may carry spaces.</summary>
/// <param name="path">The file.</param>
/// <param name="options">The options of all formats.</param>
/// <param name="images">Where the pictures are.</param>
/// <param name="imageName">The property of the picture's name.</param>
/// <param name="typeName">The property of the question's type.</param>
/// <param name="choiceName">The property by which rows are chosen.</param>
internal abstract class VqaJsonSource(string path, DataReaderOptions options, ImagePaths images, string imageName, string typeName, string choiceName)
    : JsonRowSource<VqaRow>(path, options)
{
    public sealed override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.PathColumns;

    /// <summary>Whether a row is asked for; null where all are.</summary>
    /// <remarks>Given the text of the property by which rows are chosen, which each row then needs.</remarks>
    protected abstract Func<string, bool>? IsChosen { get; }

    protected sealed override VqaRow? Parse(ref Utf8JsonReader reader)
    {
        string? id = null, image = null, question = null, answer = null, choice = null;
        string answerType = "", questionType = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            if (name == "qid")
                id = JsonFields.Id(ref reader, name);
            else if (name == imageName)
                image = JsonFields.Text(ref reader, name);
            else if (name == "question")
                question = JsonFields.Text(ref reader, name);
            else if (name == "answer")
                answer = JsonFields.TextOrNumber(ref reader, name);
            else if (name == "answer_type")
                answerType = JsonFields.Text(ref reader, name).Trim();
            else if (name == typeName)
                questionType = JsonFields.Text(ref reader, name).Trim();
            else if (name == choiceName)
                choice = JsonFields.Text(ref reader, name).Trim();
            else
                ForeignContent.Skip(ref reader, name, null);
        }
        var row = new VqaRow(id ?? throw JsonFields.Missing("qid"), images.Resolve(image ?? throw JsonFields.Missing(imageName)),
            question ?? throw JsonFields.Missing("question"), [answer ?? throw JsonFields.Missing("answer")])
        {
            AnswerType = answerType,
            QuestionType = questionType,
        };
        return IsChosen is null || IsChosen(choice ?? throw JsonFields.Missing(choiceName)) ? row : null;
    }
}
