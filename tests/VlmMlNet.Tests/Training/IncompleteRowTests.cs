using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Components.Stages;
using VlmMlNet.Tests.Cli;
using VlmMlNet.Tests.Components;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;

namespace VlmMlNet.Tests.Training;

/// <summary>Rows without picture or answer: an error that names them, or left out with a count, by every command and in code.</summary>
public sealed class IncompleteRowTests : CliTest
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData("--bad-rows", "skip")]
    [InlineData("--skip-unreadable")]
    public void Training_leaves_them_out_with_a_count_when_asked(params string[] skip)
    {
        string data = Data();
        string[] args = ["train", "--data", data, "--config", "tiny", "--epochs", "1", "--threads", "1", "--stages", "0"];
        var (failed, _, named) = Run([.. args, "--out", InFolder("a")]);
        Assert.Equal(1, failed);
        Assert.Contains($"{data}, row 1: the row has no picture.", named, StringComparison.Ordinal);
        var (code, _, error) = Run([.. args, "--out", InFolder("b"), .. skip]);
        Assert.True(code == 0, error);
        Assert.Matches($@"1 (bad row|example) was left out:\n  {System.Text.RegularExpressions.Regex.Escape(data)}, row 1: the row has no picture", error);
    }

    [Theory]
    [InlineData("--bad-rows", "skip")]
    [InlineData("--skip-unreadable")]
    public void Evaluation_leaves_them_out_with_a_count_when_asked(params string[] skip)
    {
        string data = Data();
        string[] args = ["evaluate", "--data", data, "--model", SavedModel(), "--max-tokens", "2"];
        Assert.Contains($"{data}, row 1: the row has no picture.", Run(args).Error, StringComparison.Ordinal);
        var (code, output, error) = Run([.. args, .. skip]);
        Assert.True(code == 0, error);
        Assert.Matches("^pictures +2\n", output);
        Assert.Contains($"{data}, row 1: the row has no picture", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_and_the_preview_say_the_same()
    {
        string data = Data();
        var (code, output, _) = Run("validate", data);
        Assert.Equal(1, code);
        Assert.Contains($"{data}:3, row 1: the row has no picture\n", output, StringComparison.Ordinal);
        Assert.Contains($"{data}, row 1: the row has no picture.", Run("data", "show", data).Error, StringComparison.Ordinal);
        var (shown, table, error) = Run("data", "show", data, "--bad-rows", "skip");
        Assert.True(shown == 0, error);
        Assert.Contains("A red picture", table, StringComparison.Ordinal);
        Assert.Contains("1 bad row was left out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_leaves_rows_of_a_file_out_and_counts_them()
    {
        using var model = TinyModel.Create();
        IDataView data = _context.VisionLanguage().Data.Load(Data());
        Assert.Contains($"{Data()}, row 1: the row has no picture.", Assert.Throws<MalformedInputException>(() => _context.VisionLanguage().Stages.HybridAlignment().Fit(data, model)).Message, StringComparison.Ordinal);
        var options = new TrainingStageOptions { SkipUnreadableImages = true };
        foreach (IDataView view in (IDataView[])[data, _context.Data.TakeRows(data, 3)])
        {
            using var trained = _context.VisionLanguage().Stages.HybridAlignment(options: options).Fit(view, model);
            Assert.Equal((2L, 1L), (trained.History.Examples, trained.History.Skipped));
        }
    }

    [Fact]
    public void A_stage_leaves_rows_of_the_users_own_data_out_and_counts_them()
    {
        using var model = TinyModel.Create();
        using var pictures = new TinyPictures();
        IDataView data = _context.Data.LoadFromEnumerable(new[] { pictures[0], new TinyPictures.Row { Image = pictures.File(1), Conversation = ["<image> a"] }, pictures[2] });
        Assert.Contains("row 1: the row has no answer", Assert.Throws<MalformedInputException>(() => _context.VisionLanguage().Stages.HybridAlignment().Fit(data, model)).Message, StringComparison.Ordinal);
        using var trained = _context.VisionLanguage().Stages.HybridAlignment(options: new TrainingStageOptions { SkipUnreadableImages = true }).Fit(data, model);
        Assert.Equal((2L, 1L), (trained.History.Examples, trained.History.Skipped));
    }

    [Fact]
    public void Small_backbones_are_trained_where_the_last_of_a_few_rows_is_left_out()
    {
        string data = Data($"{Path.GetFileName(Picture(0))},A red picture\n{Path.GetFileName(Picture(1))},A green picture\n,No picture\n");
        var view = _context.VisionLanguage().Data.Load(data);
        var examples = _context.VisionLanguage().ReadExamples([view], new TrainingStageOptions { SkipUnreadableImages = true });
        var reasons = new HashSet<string>();
        var (model, vision, _) = SmallBackbones.Train(examples, examples, new SmallBackboneOptions { VocabularySize = 300, LanguageStage = new SmallBackboneOptions().LanguageStage with { Epochs = 1 } },
            new TrainingRun { Shuffle = false, SkipUnreadableImages = true, ExampleSkipped = reason => reasons.Add(reason) });
        using (model)
            Assert.NotEmpty(vision.Points);
        Assert.StartsWith($"{data}, row 2: the row has no picture", Assert.Single(reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_counts_rows_that_are_not_asked_about()
    {
        using var model = TinyModel.Create();
        string talk = Write("talk.json", new[]
        {
            new { image = Path.GetFileName(Picture(0)), conversations = new[] { new { from = "human", value = "<image>\nWhat?" }, new { from = "gpt", value = "red" } } },
            new { image = "", conversations = new[] { new { from = "human", value = "What?" }, new { from = "gpt", value = "text" } } },
        });
        var reasons = new List<string>();
        var found = _context.VisionLanguage().EvaluateModel(model, _context.VisionLanguage().Data.Load(talk),
            new ModelEvaluationOptions { Generation = new() { MaxTokens = 1 }, RowSkipped = reasons.Add });
        Assert.Equal((1, 1L), (found.Answers!.QuestionCount, found.Skipped));
        Assert.Equal("row 1 (1): it has no picture, and is not evaluated.", Assert.Single(reasons));
    }

    [Theory]
    [InlineData("rows.csv", "image,caption\n{0},A red picture\n{1},\n", "the row's caption is empty")]
    [InlineData("rows.jsonl", """{{"image":"{0}","caption":"A red picture"}}\n{{"image":"{1}","caption":[" "]}}\n""", "the row's caption is empty")]
    [InlineData("rows.jsonl", """{{"image":"{0}","caption":"A red picture"}}\n{{"image":"{1}","caption":null}}\n""", "'caption' is null")]
    [InlineData("rows.json", """[{{"image":"{0}","conversations":[{{"from":"human","value":"<image>"}},{{"from":"gpt","value":"red"}}]}},{{"image":"{1}","conversations":[{{"from":"human","value":"<image>"}},{{"from":"gpt","value":null}}]}}]""", "'value' is null")]
    public void A_row_without_an_answer_is_left_out_as_unreadable_pictures_are_in_every_format(string name, string rows, string problem)
    {
        string data = InFolder(name);
        File.WriteAllText(data, string.Format(System.Globalization.CultureInfo.InvariantCulture, rows.Replace("\\n", "\n", StringComparison.Ordinal), Path.GetFileName(Picture(0)), Path.GetFileName(Picture(1))));
        foreach (string[] args in (string[][])[["train", "--config", "tiny", "--epochs", "1", "--threads", "1", "--stages", "0", "--out", InFolder("a")], ["evaluate", "--model", SavedModel(), "--max-tokens", "2"]])
        {
            Assert.Contains($"{data}, row 1: {problem}", Run([.. args, "--data", data]).Error, StringComparison.Ordinal);
            var (code, _, error) = Run([.. args, "--data", data, "--skip-unreadable"]);
            Assert.True(code == 0, error);
            Assert.Contains($"{data}, row 1: {problem}", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--bad-rows", "skip")]
    [InlineData("--skip-unreadable")]
    public void A_question_that_nobody_answered_among_others_is_nothing_to_learn_from(params string[] skip)
    {
        string data = InFolder("questions.jsonl");
        File.WriteAllText(data, $$"""
            {"image":"{{Path.GetFileName(Picture(0))}}","question":"What?","answers":["red"]}
            {"image":"{{Path.GetFileName(Picture(1))}}","question":"What?","answers":[]}

            """);
        string[] args = ["train", "--data", data, "--config", "tiny", "--epochs", "1", "--threads", "1", "--stages", "0"];
        Assert.Contains($"{data}, row 1: the row has no answer", Run([.. args, "--out", InFolder("a")]).Error, StringComparison.Ordinal);
        var (code, _, error) = Run([.. args, "--out", InFolder("b"), .. skip]);
        Assert.True(code == 0, error);
        Assert.Contains($"{data}, row 1: the row has no answer", error, StringComparison.Ordinal);
        Assert.Equal(0, Run("data", "show", data, "--bad-rows", "skip").Code);
        var (invalid, output, _) = Run("validate", data);
        Assert.Equal(1, invalid);
        Assert.Contains("1 of 2 questions have no answer, that of row 1 first", output, StringComparison.Ordinal);
    }

    private string Data(string? rows = null)
    {
        string path = InFolder("rows.csv");
        File.WriteAllText(path, "image,caption\n" + (rows ?? $"{Path.GetFileName(Picture(0))},A red picture\n,No picture\n{Path.GetFileName(Picture(1))},A green picture\n"));
        return path;
    }
}
