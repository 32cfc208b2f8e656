using System.Collections;
using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>VQAv2: a file of questions, <c>{"data_type", "data_subtype", "questions": [{"image_id", "question", "question_id"}]}</c>, and one of
/// answers, <c>{"annotations": [{"question_id", "multiple_choice_answer", "answers": [{"answer"}], "answer_type",
/// "question_type"}]}</c>. Rows come in the order of the answers, and a question without one is no row; without a file of answers
/// in that of the questions.</summary>
internal sealed class VqaV2Source(string questionsPath, string? annotationsPath, VqaV2Options options) : RowSource<VqaRow>(questionsPath, options)
{
    private readonly ImagePaths _images = new(questionsPath, options.ImageFolder, options);
    private readonly Lock _lock = new();
    private VqaV2Questions? _questions;

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.PathColumns;

    public override IEnumerable<VqaRow> Read(RowReading reading)
    {
        BadRowLog.Pass badRows = reading.BadRows;
        VqaV2Questions questions;
        lock (_lock)
        {
            if (_questions is not null)
                badRows.Repeat(_questions.BadRows);
            questions = _questions ??= ReadQuestions(badRows);
        }
        Func<long, string> name = options.ImageName ?? VqaV2ImageNames.Of(Path, questions.DataType, questions.Subtype);
        return annotationsPath is null ? Unanswered(questions, name, reading) : Answered(questions, annotationsPath, name, reading);
    }

    private IEnumerable<VqaRow> Unanswered(VqaV2Questions questions, Func<long, string> name, RowReading reading)
    {
        for (int i = (int)reading.Start.Row; i < questions.Count; i++)
        {
            reading.Note(i, i * 1024L, 0); // as if each question had a kilobyte
            reading.At(Path, i);
            (long id, long image, string text) = questions[i];
            string? path = null;
            try
            {
                path = PathOf(name(image));
            }
            catch (RowProblemException e)
            {
                reading.BadRows.Add(Path, i, e.Message, e.Remedy, isIncomplete: e.IsIncomplete);
            }
            if (path is not null)
                yield return new VqaRow(id.ToString(CultureInfo.InvariantCulture), path, text, []);
        }
    }

    private IEnumerable<VqaRow> Answered(VqaV2Questions questions, string path, Func<long, string> name, RowReading reading)
    {
        var answered = new BitArray(questions.Count);
        return VqaV2AnswersSource.Read(path, reading, answer =>
        {
            int place = questions.Find(answer.QuestionId);
            if (place < 0)
                throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"question_id {answer.QuestionId} is not that of a question in {Path}"), "Are these files of one part of the data set?");
            if (answered[place])
                throw VqaV2AnswersSource.Twice(answer);
            answered[place] = true;
            (long id, long image, string text) = questions[place];
            return new VqaRow(id.ToString(CultureInfo.InvariantCulture), PathOf(name(image)), text, answer.Answers)
            {
                Answer = answer.Best,
                AnswerType = answer.AnswerType,
                QuestionType = answer.QuestionType,
            };
        });
    }

    // Names that the user's code makes are the user's own.
    private string PathOf(string name) => options.ImageName is null ? _images.Resolve(name) : _images.Join(name);

    private VqaV2Questions ReadQuestions(BadRowLog.Pass badRows)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(Path), Path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not VQAv2's JSON, which is one object", "Its questions are in files named *_questions.json.");
        var questions = new VqaV2Questions();
        bool hasQuestions = false;
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName == "questions")
            {
                hasQuestions = true;
                reader.ReadStart(JsonTokenType.StartArray, "'questions' is not a list");
                while (reader.TryReadElement())
                {
                    try
                    {
                        ParseQuestion(reader.Value, questions);
                    }
                    catch (RowProblemException e)
                    {
                        badRows.Add(Path, reader.Row!.Value, $"{e.Message} ({reader.Position})", e.Remedy, place: reader.Place, isIncomplete: e.IsIncomplete);
                    }
                }
            }
            else if (reader.PropertyName == "data_subtype")
            {
                questions.Subtype = reader.ReadText();
            }
            else if (reader.PropertyName == "data_type")
            {
                questions.DataType = reader.ReadText();
            }
            else
            {
                reader.SkipValue();
            }
        }
        reader.ReadEnd();
        questions.BadRows = badRows.Met;
        return hasQuestions ? questions : throw new MalformedInputException(Path, "it has no list 'questions'", "Its questions are in files named *_questions.json.");
    }

    private static void ParseQuestion(ReadOnlySpan<byte> json, VqaV2Questions questions)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonFields.Start(ref reader, JsonTokenType.StartObject, "question");
        long? id = null, image = null;
        string? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            switch (name)
            {
                case "question_id": id = JsonFields.Integer(ref reader, name); break;
                case "image_id": image = JsonFields.Integer(ref reader, name); break;
                case "question": text = JsonFields.Text(ref reader, name); break;
                default: reader.Skip(); break;
            }
        }
        questions.Add(id ?? throw JsonFields.Missing("question_id"), image ?? throw JsonFields.Missing("image_id"), text ?? throw JsonFields.Missing("question"));
    }
}
