using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaJson;

/// <summary>Flat JSON rows of a picture, a question and its answers, under usual or given names:
/// <c>{"image", "question", "answer"}</c>. Answers are a text, a number, or a list of these or of objects with <c>answer</c>; where
/// they are kept back there are none. Other properties are passed over.</summary>
internal sealed class VqaRowsSource : JsonRowSource<VqaRow>
{
    private static readonly string[] s_image = ["image", "image_path", "image_name", "img_name", "file_name", "filename", "filepath", "path", "images"], s_id = ["question_id", "qid", "id"];

    private readonly ImagePaths _images;
    private readonly string? _imageOption;
    private readonly string[] _imageNames;
    private readonly string[] _questionNames;
    private readonly string[] _answerNames;
    private readonly string[] _idNames;

    public VqaRowsSource(string path, DataLoadOptions options)
        : base(path, options)
    {
        _images = new ImagePaths(path, options.ImageFolder, options);
        _imageOption = options.Columns.Image is null ? DataColumns.OptionName("Image") : null;
        _imageNames = options.Columns.Image is { } image ? [image] : s_image;
        _questionNames = options.Columns.Question is { } question ? [question] : ColumnNames.Question;
        _answerNames = options.Columns.Answer is { } answer ? [answer] : ColumnNames.Answer;
        _idNames = options.Columns.Id is { } id ? [id] : s_id;
    }

    public override IReadOnlyList<RowColumn<VqaRow>> Columns => VqaRow.PathColumns;

    /// <summary>Whether there is a picture and a question among a row's properties.</summary>
    public static bool AreIn(string[] names) => names.Intersect(s_image).Any() && names.Intersect(ColumnNames.Question).Any();

    protected override (string Problem, string Remedy) NotThisFormat =>
        ("these are no rows of pictures with questions, in one array or one a line", "A row has a picture's name, such as 'image', and a 'question'.");

    protected override VqaRow Parse(ref Utf8JsonReader reader)
    {
        (string? Text, int Rank) image = (null, int.MaxValue), question = (null, int.MaxValue), id = (null, int.MaxValue);
        (List<string>? Texts, int Rank) answers = (null, int.MaxValue);
        string answerType = "", questionType = "";
        List<string> choices = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            if (Rank(name, _imageNames) is var imageRank && imageRank < image.Rank)
                image = (JsonFields.OnlyText(ref reader, name), imageRank);
            else if (Rank(name, _questionNames) is var questionRank && questionRank < question.Rank)
                question = (JsonFields.Text(ref reader, name), questionRank);
            else if (Rank(name, _answerNames) is var answerRank && answerRank < answers.Rank && reader.TokenType != JsonTokenType.Null)
                answers = (ReadAnswers(ref reader, name), answerRank);
            else if (Rank(name, _idNames) is var idRank && idRank < id.Rank && reader.TokenType != JsonTokenType.Null)
                id = (JsonFields.Id(ref reader, name), idRank);
            else if (name == "answer_type" && reader.TokenType == JsonTokenType.String)
                answerType = JsonFields.Text(ref reader, name).Trim();
            else if (name == "question_type" && reader.TokenType == JsonTokenType.String)
                questionType = JsonFields.Text(ref reader, name).Trim();
            else if (AnswerChoices.Names.Contains(name) && reader.TokenType == JsonTokenType.StartArray)
                choices = ReadAnswers(ref reader, name);
            else
                ForeignContent.Skip(ref reader, name, _imageOption);
        }
        string[] texts = [.. answers.Texts ?? []];
        AnswerChoices.Check(choices, texts);
        return new VqaRow(id.Text ?? "", _images.Resolve(image.Text ?? throw JsonFields.Missing(_imageNames[0])), question.Text ?? throw JsonFields.Missing(_questionNames[0]), texts)
        {
            Answer = VqaParquetSource.Commonest(texts),
            AnswerType = answerType.Length > 0 ? answerType : VqaParquetSource.ClosedOrOpen(texts),
            QuestionType = questionType,
        };
    }

    protected override VqaRow Numbered(VqaRow row, long number) => row.Id.Length > 0 ? row : row with { Id = number.ToString(CultureInfo.InvariantCulture) };

    private static int Rank(string name, string[] names)
    {
        int place = Array.IndexOf(names, name);
        return place < 0 ? int.MaxValue : place;
    }

    private static List<string> ReadAnswers(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return [JsonFields.TextOrNumber(ref reader, name)];
        var answers = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            answers.Add(reader.TokenType == JsonTokenType.StartObject ? ReadAnswer(ref reader) : JsonFields.TextOrNumber(ref reader, $"{name}[{answers.Count}]"));
        return answers;
    }

    private static string ReadAnswer(ref Utf8JsonReader reader)
    {
        string? answer = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isAnswer = reader.ValueTextEquals("answer"u8);
            reader.Read();
            if (isAnswer)
                answer = JsonFields.TextOrNumber(ref reader, "answer");
            else
                reader.Skip();
        }
        return answer ?? throw JsonFields.Missing("answer");
    }
}
