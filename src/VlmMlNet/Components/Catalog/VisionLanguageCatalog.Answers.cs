using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.Catalog;
using VlmMlNet.Data;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet;

/// <content>Evaluation of answers to questions.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Scores a column of answers to questions against a column of people's answers.</summary>
    /// <param name="data">The data. It is read once; the columns' texts are held in memory.</param>
    /// <param name="answersColumnName">People's answers: a vector of text of known or varying size, or a text where each
    /// question has one.</param>
    /// <param name="predictionColumnName">The answers to score: text. A missing one answers nothing.</param>
    /// <param name="answerTypeColumnName">The answer types by which the metrics are also given: text. Null for the column
    /// <c>AnswerType</c> where the data has it, as that of this library's readers; questions without a type get those of VQA by
    /// what people answered.</param>
    /// <param name="questionTypeColumnName">The question types by which the metrics are also given: text. Null for the column
    /// <c>QuestionType</c> where the data has it.</param>
    /// <remarks>Where the data has a column of text <c>Id</c>, each question's scores name it.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">There are no rows, or a row has no reference answer.</exception>
    public AnswerMetrics EvaluateAnswers(
        IDataView data,
        string answersColumnName = VisionLanguageColumns.Answers,
        string predictionColumnName = "Prediction",
        string? answerTypeColumnName = null,
        string? questionTypeColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        List<string[]>[] texts = ReadQuestions(
            data, answersColumnName, new TextColumn("prediction", predictionColumnName), answerTypeColumnName, questionTypeColumnName);
        int[] rows = [.. Enumerable.Range(0, texts[0].Count)];
        return ScoreAnswers(texts, rows, [.. texts[1].Select(prediction => prediction[0])], texts[4]);
    }

    /// <summary>Scores a file of answers in the VQA challenge's results format, anyone's or one that
    /// <see cref="SaveAnswerResults"/> wrote, against people's answers.</summary>
    /// <param name="questions">People's answers.</param>
    /// <param name="resultsPath">The file: <c>[{"question_id": 1, "answer": "yes"}, ...]</c>, in any order.</param>
    /// <param name="idColumnName">The question's id: text, no two rows the same.</param>
    /// <param name="answersColumnName">People's answers: a vector of text, or a text.</param>
    /// <param name="answerTypeColumnName">As in <see cref="EvaluateAnswers"/>.</param>
    /// <param name="questionTypeColumnName">As in <see cref="EvaluateAnswers"/>.</param>
    /// <param name="onlyPredicted">Whether questions without an answer in the file are left out. Otherwise they are an
    /// error.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not of this format, has two answers to one question or one to a
    /// question that is not in the data, or lacks one.</exception>
    public AnswerMetrics EvaluateAnswerResults(
        IDataView questions,
        string resultsPath,
        string idColumnName = VisionLanguageColumns.Id,
        string answersColumnName = VisionLanguageColumns.Answers,
        string? answerTypeColumnName = null,
        string? questionTypeColumnName = null,
        bool onlyPredicted = false)
    {
        ArgumentNullException.ThrowIfNull(questions);
        OrderedDictionary<string, string> results = ResultsFile.Answers.Read(resultsPath);
        List<string[]>[] texts = ReadQuestions(
            questions, answersColumnName, new TextColumn("id", idColumnName), answerTypeColumnName, questionTypeColumnName);
        (int[] rows, string[] predictions) = ResultsFile.Answers.Join(texts[1], results, resultsPath, onlyPredicted);
        return ScoreAnswers(texts, rows, predictions, texts[1]);
    }

    /// <summary>Writes answers in the VQA challenge's results format.</summary>
    /// <param name="data">The data; read once.</param>
    /// <param name="path">The file. An existing one is replaced when the new one is complete.</param>
    /// <param name="idColumnName">The question's id: text, no two rows the same. One that is a whole number is written as a
    /// number.</param>
    /// <param name="predictionColumnName">The answers: text.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">Two rows have the same id.</exception>
    public void SaveAnswerResults(
        IDataView data, string path, string idColumnName = VisionLanguageColumns.Id, string predictionColumnName = "Prediction")
    {
        ArgumentNullException.ThrowIfNull(data);
        List<string[]>[] texts = TextColumn.Read(
            _environment, data, new TextColumn("id", idColumnName), new TextColumn("prediction", predictionColumnName));
        ResultsFile.Answers.Write(path, texts[0].Zip(texts[1], (id, answer) => KeyValuePair.Create(id[0], answer[0])));
    }

    // Answers, the second column, answer types, question types and ids; the last three are empty where the data has none.
    private List<string[]>[] ReadQuestions(
        IDataView data, string answersColumnName, TextColumn second, string? answerTypeColumnName, string? questionTypeColumnName)
    {
        List<TextColumn> columns = [new TextColumn("answers", answersColumnName, Many: true), second];
        bool hasAnswerType = AddOptional("answer type", answerTypeColumnName, VisionLanguageColumns.AnswerType);
        bool hasQuestionType = AddOptional("question type", questionTypeColumnName, VisionLanguageColumns.QuestionType);
        columns.AddRange(TextColumn.IdOf(data));
        List<string[]>[] texts = TextColumn.Read(_environment, data, columns);
        int next = 2;
        return [texts[0], texts[1], hasAnswerType ? texts[next++] : [], hasQuestionType ? texts[next++] : [], next < texts.Length ? texts[next] : []];

        bool AddOptional(string role, string? name, string defaultName)
        {
            if (name is null && data.Schema.GetColumnOrNull(defaultName)?.Type is not TextDataViewType)
                return false;
            columns.Add(new TextColumn(role, name ?? defaultName));
            return true;
        }
    }

    private static AnswerMetrics ScoreAnswers(List<string[]>[] texts, int[] rows, string[] predictions, List<string[]> ids) =>
        AnswerScorer.Score(predictions, [.. rows.Select(row => texts[0][row])], Single(texts[2], rows), Single(texts[3], rows), Single(ids, rows));

    private static string[]? Single(List<string[]> texts, int[] rows) => texts.Count == 0 ? null : [.. rows.Select(row => texts[row][0])];
}
