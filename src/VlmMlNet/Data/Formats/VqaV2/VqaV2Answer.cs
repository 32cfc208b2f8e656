using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>What people answered to a question of VQAv2.</summary>
/// <param name="QuestionId">The question.</param>
/// <param name="Answers">At least one answer; ten in the published files.</param>
/// <param name="Best">The answer to train on.</param>
/// <param name="AnswerType">yes/no, number or other; empty where the file does not say.</param>
/// <param name="QuestionType">The question's first words; empty where the file does not say.</param>
internal sealed record VqaV2Answer(long QuestionId, IReadOnlyList<string> Answers, string Best, string AnswerType, string QuestionType)
{
    /// <summary>Reads an element of <c>annotations</c>.</summary>
    /// <exception cref="RowProblemException">It is none.</exception>
    public static VqaV2Answer Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "annotation");
        long? id = null;
        string? best = null;
        string answerType = "", questionType = "";
        List<string>? answers = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "question_id": id = JsonFields.Integer(ref reader, name); break;
                case "multiple_choice_answer": best = JsonFields.Text(ref reader, name); break;
                case "answer_type": answerType = JsonFields.Text(ref reader, name); break;
                case "question_type": questionType = JsonFields.Text(ref reader, name); break;
                case "answers": answers = ReadAnswers(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        if (id is null)
            throw JsonFields.Missing("question_id");
        if (answers is not { Count: > 0 })
            throw new RowProblemException("'answers' is missing or empty") { IsIncomplete = true };
        return new VqaV2Answer(id.Value, answers, best ?? Commonest(answers), answerType, questionType);
    }

    // OK-VQA does not say which answer is to be trained on.
    private static string Commonest(List<string> answers) => answers.GroupBy(answer => answer).MaxBy(group => group.Count())!.Key;

    private static List<string> ReadAnswers(ref Utf8JsonReader reader)
    {
        JsonFields.Start(ref reader, JsonTokenType.StartArray, "answers");
        var answers = new List<string>(10);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonFields.Start(ref reader, JsonTokenType.StartObject, "answers[]");
            string? answer = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isAnswer = reader.ValueTextEquals("answer"u8);
                reader.Read();
                if (isAnswer)
                    answer = JsonFields.Text(ref reader, "answer");
                else
                    reader.Skip();
            }
            answers.Add(answer ?? throw JsonFields.Missing("answer"));
        }
        return answers;
    }
}
