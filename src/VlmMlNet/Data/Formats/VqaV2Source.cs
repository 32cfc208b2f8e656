using System.Collections;
using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>VQAv2: a file of questions, <c>{"data_subtype", "questions": [{"image_id", "question", "question_id"}]}</c>, and one of
/// answers, <c>{"annotations": [{"question_id", "multiple_choice_answer", "answers": [{"answer"}], "answer_type",
/// "question_type"}]}</c>. Rows come in the order of the answers, and a question without one is no row; without a file of answers
/// in that of the questions.</summary>
internal sealed class VqaV2Source(string questionsPath, string? annotationsPath, VqaV2Options options) : RowSource<VqaRow>(questionsPath, options)
{
    private readonly ImagePaths _images = new(questionsPath, options.ImageFolder);
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
        Func<long, string> name = ImageName(questions);
        return annotationsPath is null ? Unanswered(questions, name) : Answered(questions, annotationsPath, name, badRows);
    }

    private IEnumerable<VqaRow> Unanswered(VqaV2Questions questions, Func<long, string> name)
    {
        for (int i = 0; i < questions.Count; i++)
        {
            (long id, long image, string text) = questions[i];
            yield return new VqaRow(id.ToString(CultureInfo.InvariantCulture), _images.Resolve(name(image)), text, []);
        }
    }

    private IEnumerable<VqaRow> Answered(VqaV2Questions questions, string path, Func<long, string> name, BadRowLog.Pass badRows)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not VQAv2's JSON, which is one object", "Its answers are in files named *_annotations.json.");
        var answered = new BitArray(questions.Count);
        bool hasAnnotations = false;
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName != "annotations")
            {
                reader.SkipValue();
                continue;
            }
            hasAnnotations = true;
            reader.ReadStart(JsonTokenType.StartArray, "'annotations' is not a list");
            while (reader.TryReadElement())
            {
                VqaRow? row = null;
                try
                {
                    row = ParseAnnotation(reader.Value, questions, answered, name);
                }
                catch (RowProblemException e)
                {
                    badRows.Add(path, reader.Row!.Value, $"{e.Message} ({reader.Position})", e.Remedy);
                }
                if (row is not null)
                    yield return row;
            }
        }
        reader.ReadEnd();
        if (!hasAnnotations)
            throw new MalformedInputException(path, "it has no list 'annotations'", "Its answers are in files named *_annotations.json.");
    }

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
                        badRows.Add(Path, reader.Row!.Value, $"{e.Message} ({reader.Position})", e.Remedy);
                    }
                }
            }
            else if (reader.PropertyName == "data_subtype")
            {
                questions.Subtype = reader.ReadText();
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

    private Func<long, string> ImageName(VqaV2Questions questions)
    {
        if (options.ImageName is not null)
            return options.ImageName;
        string subtype = questions.Subtype ?? throw new MalformedInputException(Path, "it has no 'data_subtype', which picture names are made of", "Set VqaV2Options.ImageName.");
        return id => string.Create(CultureInfo.InvariantCulture, $"COCO_{subtype}_{id:D12}.jpg");
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

    private VqaRow ParseAnnotation(ReadOnlySpan<byte> json, VqaV2Questions questions, BitArray answered, Func<long, string> imageName)
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
        int place = questions.Find(id.Value);
        if (place < 0)
            throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"question_id {id} is not that of a question in {Path}"), "Are these files of one part of the data set?");
        if (answered[place])
            throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"question_id {id} is answered twice"));
        answered[place] = true;
        if (answers is not { Count: > 0 })
            throw new RowProblemException("'answers' is missing or empty");
        (long questionId, long image, string text) = questions[place];
        return new VqaRow(questionId.ToString(CultureInfo.InvariantCulture), _images.Resolve(imageName(image)), text, answers)
        {
            Answer = best ?? answers[0],
            AnswerType = answerType,
            QuestionType = questionType,
        };
    }

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
