using System.Text.Json;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Cli;

/// <summary><c>vlm evaluate captions</c> and <c>vlm evaluate answers</c>: files of anyone's predictions.</summary>
public sealed class EvaluateResultsTests : CliTest
{
    private static readonly string[][] s_captions = [["a red ball on grass", "the red ball"], ["a blue cube", "a cube on sand", "blue cube"], ["two green cones"]];
    private static readonly string[] s_predictions = ["a red ball", "a blue cube on sand", "cones"];

    private string References() => Write("references.json", new
    {
        images = s_captions.Select((_, i) => new { id = 10 + i, file_name = $"{i}.jpg" }),
        annotations = s_captions.SelectMany((texts, i) => texts.Select(text => new { image_id = 10 + i, caption = text })),
    });

    private string Predictions(params int[] images) => Write("predictions.json", images.Select(i => new { image_id = 10 + i, caption = s_predictions[i] }));

    [Fact]
    public void Captions_are_scored_beside_ceiling_and_constant_caption_with_intervals()
    {
        var (code, output, error) = Run("evaluate", "captions", "--references", References(), "--predictions", Predictions(2, 0, 1));
        Assert.Equal((0, ""), (code, error));
        var metrics = CaptionScorer.Score(s_predictions, s_captions);
        Assert.StartsWith("images                3\n", output, StringComparison.Ordinal);
        Assert.Contains($"\nCIDEr                 {metrics.Cider:F3}  [", output, StringComparison.Ordinal);
        Assert.Contains($"\n  people's ceiling    {metrics.ReferenceCeiling:F3}\n", output, StringComparison.Ordinal);
        Assert.Contains($"\n  constant caption    {metrics.BestConstantCaption.Cider:F3}  (\"{metrics.BestConstantCaption.Text}\")\n", output, StringComparison.Ordinal);
        Assert.Contains($"\n  plain               {metrics.CiderPlain:F3}  [", output, StringComparison.Ordinal);
        foreach (string line in (string[])["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L"])
            Assert.Matches($@"(?m)^{line} +\d\.\d{{3}}  \[\d\.\d{{3}}, \d\.\d{{3}}\]$", output);
        Assert.EndsWith("[95 % confidence: 1000 draws of the images]\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_as_JSON_have_the_names_of_pycocoevalcap_and_all_digits()
    {
        var (code, output, _) = Run("evaluate", "captions", "--references", References(), "--predictions", Predictions(0, 1, 2), "--json", "--per-image", InFolder("scores.json"));
        Assert.Equal(0, code);
        var metrics = CaptionScorer.Score(s_predictions, s_captions);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(3, json.RootElement.GetProperty("images").GetInt32());
        Assert.Equal(metrics.Cider, json.RootElement.GetProperty("CIDEr").GetDouble());
        Assert.Equal(metrics.CiderPlain, json.RootElement.GetProperty("CIDEr_plain").GetDouble());
        Assert.Equal([metrics.Bleu1, metrics.Bleu2, metrics.Bleu3, metrics.Bleu4, metrics.RougeL],
            new[] { "Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L" }.Select(name => json.RootElement.GetProperty(name).GetDouble()));
        Assert.Equal(metrics.ReferenceCeiling, json.RootElement.GetProperty("reference_ceiling_CIDEr").GetDouble());
        Assert.Equal(metrics.BestConstantCaption.Text, json.RootElement.GetProperty("best_constant_caption").GetProperty("caption").GetString());
        Assert.Equal(metrics.Bootstrap().Cider.Upper, json.RootElement.GetProperty("confidence").GetProperty("CIDEr")[1].GetDouble());

        using var images = JsonDocument.Parse(File.ReadAllBytes(InFolder("scores.json")));
        Assert.Equal([10, 11, 12], images.RootElement.EnumerateArray().Select(image => image.GetProperty("image_id").GetInt32()));
        Assert.Equal(metrics.PerImage.Select(image => image.Cider), images.RootElement.EnumerateArray().Select(image => image.GetProperty("CIDEr").GetDouble()));
    }

    [Fact]
    public void Scores_that_do_not_exist_are_null_and_intervals_can_be_left_out()
    {
        string references = Write("references.json", new { images = new[] { new { id = 1, file_name = "a" } }, annotations = new[] { new { image_id = 1, caption = "a dog" } } });
        string predictions = Write("predictions.json", new[] { new { image_id = 1, caption = "a dog" } });
        var (_, output, _) = Run("evaluate", "captions", "--references", references, "--predictions", predictions, "--json", "--bootstrap", "0");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("reference_ceiling_CIDEr").ValueKind);
        Assert.Equal(0, json.RootElement.GetProperty("CIDEr").GetDouble());
        Assert.False(json.RootElement.TryGetProperty("confidence", out _));
        Assert.Contains("people's ceiling    -\n", Run("evaluate", "captions", "--references", references, "--predictions", predictions).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_do_not_fit_are_one_clear_line()
    {
        string references = References(), some = Predictions(0, 2);
        var (code, output, error) = Run("evaluate", "captions", "--references", references, "--predictions", some);
        Assert.Equal((1, ""), (code, output));
        AssertOneLine($"{some}: 1 of 3 images have no caption, image 11 first. Evaluate only those that have one, if a part is what you want.", error);
        (code, output, _) = Run("evaluate", "captions", "--references", references, "--predictions", some, "--only-predicted", "--json");
        Assert.Equal(0, code);
        Assert.Contains("\"images\": 2,", output, StringComparison.Ordinal);

        string unknown = Write("unknown.json", new[] { new { image_id = 99, caption = "x" } });
        AssertOneLine($"{unknown}, row 0: image 99 is not in the data. Are these results of another data set or split?", Run("evaluate", "captions", "--references", references, "--predictions", unknown).Error);
        string twice = Write("twice.json", new[] { new { image_id = 10, caption = "x" }, new { image_id = 10, caption = "y" } });
        Assert.Contains("row 1: image 10 has a caption before this one", Run("evaluate", "captions", "--references", references, "--predictions", twice).Error, StringComparison.Ordinal);
        (code, _, error) = Run("evaluate", "captions", "--references", InFolder("none.json"), "--predictions", twice);
        Assert.Equal(1, code);
        AssertOneLine($"There is no data file '{InFolder("none.json")}'.", error);
    }

    [Fact]
    public void Scores_of_each_row_have_a_place_before_anything_is_scored()
    {
        string references = References(), predictions = Predictions(0, 1, 2), nowhere = Path.Combine(InFolder("no folder"), "scores.json");
        string error = Run("evaluate", "captions", "--references", references, "--predictions", InFolder("none.json"), "--per-image", nowhere).Error;
        AssertOneLine($"There is no folder {InFolder("no folder")} to write scores.json to.", error);
        Assert.Equal(2, Run("evaluate", "captions", "--references", references, "--predictions", predictions, "--per-image", predictions).Code);
        Assert.StartsWith("[", File.ReadAllText(predictions), StringComparison.Ordinal);
        Assert.DoesNotContain("CIDEr", File.ReadAllText(predictions), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_Karpathy_is_scored()
    {
        string references = Write("dataset_coco.json", new
        {
            images = s_captions.Select((texts, i) => new { filename = $"{i}.jpg", cocoid = 10 + i, split = i == 1 ? "train" : "test", sentences = texts.Select(text => new { raw = text }) }),
        });
        var (code, output, _) = Run("evaluate", "captions", "--references", references, "--predictions", Predictions(0, 2), "--split", "test", "--bootstrap", "0");
        Assert.Equal(0, code);
        Assert.StartsWith("images                2\n", output, StringComparison.Ordinal);
        Assert.Contains("the part Test is asked for, but CocoCaptions does not say which rows these are",
            Run("evaluate", "captions", "--references", References(), "--predictions", Predictions(0), "--split", "test").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_of_the_references_are_an_error_or_are_listed()
    {
        string references = Write("references.json", new
        {
            images = new object[] { new { id = 10, file_name = "0.jpg" }, new { id = "x", file_name = "1.jpg" } },
            annotations = new[] { new { image_id = 10, caption = "a red ball" } },
        });
        Assert.Equal(1, Run("evaluate", "captions", "--references", references, "--predictions", Predictions(0)).Code);
        var (code, _, error) = Run("evaluate", "captions", "--references", references, "--predictions", Predictions(0), "--bad-rows", "skip");
        Assert.Equal(0, code);
        Assert.StartsWith($"1 bad row was left out:\n  {references}, row 1: in 'images', 'id' is a string where an integer is expected", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_are_scored_by_type_from_the_annotations_alone()
    {
        string annotations = Write("annotations.json", new
        {
            annotations = new[]
            {
                Annotation(1, "yes/no", "is the", [.. Enumerable.Repeat("yes", 8), "no", "no"]),
                Annotation(2, "number", "how many", [.. Enumerable.Repeat("two", 2), .. Enumerable.Repeat("3", 8)]),
                Annotation(3, "other", "what", [.. Enumerable.Repeat("dog", 10)]),
            },
        });
        string predictions = Write("answers.json", new[] { new { question_id = 3, answer = "dog" }, new { question_id = 1, answer = "Yes." }, new { question_id = 2, answer = "2" } });
        var (code, output, error) = Run("evaluate", "answers", "--references", annotations, "--predictions", predictions, "--per-question", InFolder("scores.json"));
        Assert.Equal((0, ""), (code, error));
        double number = (2 * 1.0 / 3 + 8 * 2.0 / 3) / 10;
        Assert.StartsWith("questions             3\n", output, StringComparison.Ordinal);
        Assert.Contains($"\nVQA accuracy          {(2 + number) / 3:F3}  [", output, StringComparison.Ordinal);
        Assert.Contains("\n  closed accuracy     1.000\n", output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^by answer type +questions", output);
        Assert.Matches($@"(?m)^  number +1 +{number:F3} +1\.000", output);
        Assert.Matches(@"(?m)^  how many +1 ", output);
        using var questions = JsonDocument.Parse(File.ReadAllBytes(InFolder("scores.json")));
        Assert.Equal([1, 2, 3], questions.RootElement.EnumerateArray().Select(question => question.GetProperty("question_id").GetInt32()));
        Assert.Equal(number, questions.RootElement[1].GetProperty("vqa_accuracy").GetDouble(), 12);
        Assert.Equal(JsonValueKind.Null, questions.RootElement[1].GetProperty("yes_no").ValueKind);

        using var json = JsonDocument.Parse(Run("evaluate", "answers", "--references", annotations, "--predictions", predictions, "--json").Output);
        Assert.Equal((2 + number) / 3, json.RootElement.GetProperty("vqa_accuracy").GetDouble(), 12);
        Assert.Equal("yes", json.RootElement.GetProperty("per_answer_type").GetProperty("yes/no").GetProperty("majority_answer").GetProperty("answer").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("llava_med").GetProperty("closed_accuracy").GetDouble());
        Assert.Equal(["how many", "is the", "what"], json.RootElement.GetProperty("per_question_type").EnumerateObject().Select(type => type.Name));

        static object Annotation(int id, string type, string start, string[] answers) =>
            new { question_id = id, answer_type = type, question_type = start, answers = answers.Select((answer, i) => new { answer, answer_id = i + 1 }) };
    }

    [Fact]
    public void Medical_answers_have_no_official_accuracy()
    {
        string references = Write("slake.json", new[]
        {
            new { qid = 1, img_name = "a.jpg", question = "q", answer = "Yes", q_lang = "en", answer_type = "CLOSED", content_type = "Organ" },
            new { qid = 2, img_name = "a.jpg", question = "q", answer = "Left Lung", q_lang = "en", answer_type = "OPEN", content_type = "Organ" },
            new { qid = 3, img_name = "a.jpg", question = "q", answer = "x", q_lang = "zh", answer_type = "OPEN", content_type = "Organ" },
        });
        string predictions = Write("answers.json", new[] { new { question_id = 1, answer = "yes it is" }, new { question_id = 2, answer = "the lung" } });
        var (code, output, _) = Run("evaluate", "answers", "--references", references, "--predictions", predictions, "--language", "en", "--bootstrap", "0");
        Assert.Equal(0, code);
        Assert.Contains("\nVQA accuracy          -\n", output, StringComparison.Ordinal);
        Assert.Contains("\n  open recall         0.500\n", output, StringComparison.Ordinal);
        Assert.Contains("\nyes/no                1.000  (1 questions)\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_command_lines_are_errors_of_usage()
    {
        Assert.Equal(2, Run("evaluate", "captions", "--references", "a.json").Code);
        Assert.Equal(2, Run("evaluate", "captions", "--references", "a.json", "--predictions", "b.json", "--bootstrap", "-1").Code);
        Assert.Equal(2, Run("evaluate", "answers", "--references", "a.json", "--predictions", "b.json", "--bad-rows", "ignore").Code);
        Assert.Equal(2, Run("evaluate").Code);
    }
}
