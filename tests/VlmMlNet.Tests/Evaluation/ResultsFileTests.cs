using Microsoft.ML;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

public sealed class ResultsFileTests : IDisposable
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private sealed class Image
    {
        public string? Id { get; set; }

        public string[]? Captions { get; set; }

        public string? Caption { get; set; }
    }

    private sealed class Question
    {
        public string? Id { get; set; }

        public string[]? Answers { get; set; }

        public string? Prediction { get; set; }

        public string? AnswerType { get; set; }
    }

    private static readonly Image[] s_images =
    [
        new() { Id = "42", Captions = ["a red ball", "the red ball"], Caption = "a \"red\" ball 🐶" },
        new() { Id = "7", Captions = ["a blue cube"], Caption = "a cube" },
        new() { Id = "007", Captions = ["two cones"], Caption = "" },
    ];

    private VisionLanguageCatalog Vlm => _mlContext.VisionLanguage();

    private IDataView Images => _mlContext.Data.LoadFromEnumerable(s_images);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string content)
    {
        string path = Path.Combine(_folder, "results.json");
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void Captions_are_written_as_COCO_takes_them_and_score_the_same_when_read()
    {
        string path = Path.Combine(_folder, "captions.json");
        Vlm.SaveCaptionResults(Images, path);
        Assert.Equal(
            """[{"image_id":42,"caption":"a \"red\" ball 🐶"},{"image_id":7,"caption":"a cube"},{"image_id":"007","caption":""}]""",
            System.IO.File.ReadAllText(path).Replace("\\uD83D\\uDC36", "🐶"));
        Assert.Equal(["captions.json"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        Assert.Equal(
            Vlm.EvaluateCaptions(Images, "Captions").PerImage,
            Vlm.EvaluateCaptionResults(Images, path).PerImage);
    }

    [Fact]
    public void The_order_of_the_file_and_other_properties_do_not_matter()
    {
        string path = File("""[{"score": [1, {}], "caption": "a cube", "image_id": "7"}, {"image_id": "007", "caption": ""}, {"image_id": 42, "caption": "a \"red\" ball 🐶"}]""");
        Assert.Equal(Vlm.EvaluateCaptions(Images, "Captions").PerImage, Vlm.EvaluateCaptionResults(Images, path).PerImage);
    }

    [Fact]
    public void A_part_of_the_images_is_scored_on_request()
    {
        string path = File("""[{"image_id": 7, "caption": "a blue cube"}, {"image_id": 42, "caption": "a red ball"}]""");
        var error = Assert.Throws<MalformedInputException>(() => Vlm.EvaluateCaptionResults(Images, path));
        Assert.Equal($"{path}: 1 of 3 images have no caption, image 007 first. Evaluate only those that have one, if a part is what you want.", error.Message);
        CaptionMetrics metrics = Vlm.EvaluateCaptionResults(Images, path, onlyPredicted: true);
        Assert.Equal(CaptionScorer.Score(["a red ball", "a blue cube"], [s_images[0].Captions!, s_images[1].Captions!], ["42", "7"]).PerImage, metrics.PerImage);
    }

    [Theory]
    [InlineData("""{"image_id": 7}""", "this is no list of results", "Expected is [{\"image_id\": 1, \"caption\": \"...\"}, ...].")]
    [InlineData("""[{"image_id": 7, "caption": "a"}, {"image_id": "7", "caption": "b"}]""", "row 1: image 7 has a caption before this one", "Each needs exactly one.")]
    [InlineData("""[{"caption": "a"}]""", "row 0: 'image_id' is missing", "")]
    [InlineData("""[{"image_id": 7, "caption": null}]""", "row 0: 'caption' is null where a string is expected", "")]
    [InlineData("""[[1]]""", "row 0: 'result' is a list where an object is expected", "")]
    [InlineData("""[{"image_id": 7, "caption": "a"}, {"image_id": 8, "caption": "a"}]""", "row 1: image 8 is not in the data", "")]
    [InlineData("""[{"image_id": 8, "caption": "a"}]""", "row 0: image 8 is not in the data", "Are these results of another data set or split?")]
    [InlineData("""[{"image_id": 7, "caption": "a"}""", "the file ends in the middle of its JSON", "It may be cut off")]
    [InlineData("", "the file is empty", "")]
    public void A_damaged_file_is_one_clear_error(string content, string problem, string remedy)
    {
        string path = File(content);
        var error = Assert.Throws<MalformedInputException>(() => Vlm.EvaluateCaptionResults(Images, path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(problem, error.Message);
        Assert.Contains(remedy, error.Message);
    }

    [Fact]
    public void A_missing_file_and_repeated_rows_are_errors()
    {
        string path = Path.Combine(_folder, "none.json");
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => Vlm.EvaluateCaptionResults(Images, path)).Message);

        IDataView twice = _mlContext.Data.LoadFromEnumerable([s_images[0], s_images[0]]);
        Assert.Equal("results to save, row 1: image 42 occurs twice. Each needs exactly one row.",
            Assert.Throws<MalformedInputException>(() => Vlm.SaveCaptionResults(twice, path)).Message);
        Assert.Empty(Directory.GetFiles(_folder));
        string results = File("""[{"image_id": 42, "caption": "a"}]""");
        Assert.Equal("evaluated data, row 1: image 42 occurs twice. Each needs exactly one row.",
            Assert.Throws<MalformedInputException>(() => Vlm.EvaluateCaptionResults(twice, results)).Message);
    }

    [Fact]
    public void Answers_are_written_and_scored_likewise()
    {
        Question[] questions =
        [
            new() { Id = "1", Answers = ["yes", "yes", "no"], Prediction = "yes", AnswerType = "yes/no" },
            new() { Id = "2", Answers = ["2"], Prediction = "two", AnswerType = "" },
        ];
        IDataView data = _mlContext.Data.LoadFromEnumerable(questions);
        string path = Path.Combine(_folder, "answers.json");
        Vlm.SaveAnswerResults(data, path);
        Assert.Equal("""[{"question_id":1,"answer":"yes"},{"question_id":2,"answer":"two"}]""", System.IO.File.ReadAllText(path));
        AnswerMetrics metrics = Vlm.EvaluateAnswerResults(data, path);
        Assert.Equal(Vlm.EvaluateAnswers(data).PerQuestion, metrics.PerQuestion);
        Assert.Equal(["yes/no", "number"], metrics.PerQuestion.Select(question => question.AnswerType));
        Assert.Equal(1, metrics.ExactMatch);

        path = File("""[{"question_id": 1, "answer": 2}]""");
        Assert.Equal(0, Vlm.EvaluateAnswerResults(data, path, onlyPredicted: true).ExactMatch);
        Assert.Contains("1 of 2 questions have no answer, question 2 first", Assert.Throws<MalformedInputException>(() => Vlm.EvaluateAnswerResults(data, path)).Message);
    }
}
