using System.Text.Json;

namespace VlmMlNet.Tests.Cli;

/// <summary>What <c>vlm evaluate</c> writes, and when.</summary>
public sealed class EvaluateOutputTests : CliTest
{
    [Theory]
    [InlineData("--details")]
    [InlineData("--results")]
    public void A_file_that_cannot_be_written_is_told_before_the_model_is_loaded(string option)
    {
        string data = CocoFile(1), nowhere = Path.Combine(InFolder("no folder"), "out.json");
        var (code, _, error) = Run("evaluate", "--model", InFolder("no model"), "--data", data, option, nowhere);
        Assert.Equal(1, code);
        AssertOneLine($"There is no folder {InFolder("no folder")} to write out.json to.", error);
        (code, _, error) = Run("evaluate", "--model", InFolder("no model"), "--data", data, option, Folder);
        Assert.Equal(1, code);
        AssertOneLine($"{Folder} is a folder. Give {option} the name of a file.", error);
        (code, _, error) = Run("evaluate", "--model", InFolder("no model"), "--data", data, option, Path.Combine(Folder, ".", "coco.json"));
        Assert.Equal(2, code);
        Assert.Contains("is a file that the command line names twice", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder, "*.partial"));
    }

    [Theory]
    [InlineData("evaluate --model m --data d.json --details answers.csv", "--details answers.csv")]
    [InlineData("evaluate --model m --data d.json --results answers.TSV", "--results answers.TSV")]
    [InlineData("evaluate captions --references r.json --predictions p.json --per-image scores.csv", "--per-image scores.csv")]
    public void JSON_is_not_written_under_the_name_of_something_else(string commandLine, string option)
    {
        var (code, _, error) = Run([.. commandLine.Split(' ').Select(word => word == "d.json" ? CocoFile(1) : word)]);
        Assert.Equal(2, code);
        AssertOneLine($"{option}: JSON is written, whatever the name says. Give a name that ends in .json.", error);
    }

    [Fact]
    public void Predictions_are_what_is_read_in_every_command()
    {
        Assert.DoesNotContain("--predictions <", Run("evaluate", "--help").Output.Split("Commands:")[0], StringComparison.Ordinal);
        Assert.Contains("--predictions <FILE>", Run("evaluate", "answers", "--help").Output, StringComparison.Ordinal);
        Assert.Equal(2, Run("evaluate", "--model", "m", "--data", "d", "--predictions", InFolder("x.json")).Code);
    }

    [Fact]
    public void The_end_of_the_work_is_told_once()
    {
        string error = Run("evaluate", "--model", SavedModel(), "--data", CocoFile(3), "--max-tokens", "3").Error;
        Assert.Equal(1, error.Split('\n').Count(line => line.StartsWith("answering: 100 %", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_file_for_predictions_and_results_is_refused()
    {
        var (code, _, error) = Run("evaluate", "--model", "m", "--data", CocoFile(1), "--details", InFolder("x.json"), "--results", InFolder("x.json"));
        Assert.Equal(2, code);
        Assert.Contains($"--results {InFolder("x.json")} is a file that the command line names twice", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_answered_before_the_run_was_stopped_stays_in_a_file_that_can_be_read()
    {
        string predictions = InFolder("answers.json"), results = InFolder("results.json"), model = SavedModel(), data = CocoFile(40);
        File.WriteAllText(results, "from before");
        using var cancelled = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StoppingWriter("answering", cancelled);
        int code = VlmMlNet.Cli.VlmCommand.Run(["evaluate", "--model", model, "--data", data, "--max-tokens", "3", "--batch-size", "2", "--details", predictions, "--results", results], output, error, cancelled.Token);
        Assert.Equal((130, ""), (code, output.ToString()));
        Assert.Equal("from before", File.ReadAllText(results));
        Assert.False(File.Exists(predictions));
        foreach (string file in (string[])[predictions, results])
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file + ".partial"));
            int count = json.RootElement.GetArrayLength();
            Assert.InRange(count, 1, 39);
            Assert.Contains($"kept in {file}.partial\n", error.ToString(), StringComparison.Ordinal);
        }
        // The next run begins it anew.
        Assert.Equal(0, Run("evaluate", "--model", model, "--data", CocoFile(2), "--max-tokens", "3", "--results", results).Code);
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllBytes(results)).RootElement.GetArrayLength());
        Assert.False(File.Exists(results + ".partial"));
    }

    [Fact]
    public void An_answer_is_in_the_file_before_the_next_is_made()
    {
        string file = InFolder("list.json");
        using (var list = new VlmMlNet.Cli.Terminal.GrowingList("--results", file, isIndented: false))
        {
            list.Add(json => json.WriteNumberValue(1));
            list.Add(json => json.WriteNumberValue(2));
            Assert.Equal("[1,2", ReadShared($"{file}.partial"));
            Assert.False(File.Exists(file));
            list.Complete();
        }
        Assert.Equal("[1,2]", File.ReadAllText(file));
        Assert.False(File.Exists($"{file}.partial"));

        static string ReadShared(string path)
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public void A_link_to_a_file_of_results_stays_a_link()
    {
        Directory.CreateDirectory(InFolder("kept"));
        string target = Path.Combine(InFolder("kept"), "real.json"), link = InFolder("link.json");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);
        using (var list = new VlmMlNet.Cli.Terminal.GrowingList("--results", link, isIndented: false))
            list.Complete();
        Assert.Equal("[]", File.ReadAllText(target));
        Assert.Equal(target, new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void One_bad_picture_costs_one_row_and_the_exit_code()
    {
        string model = SavedModel(), data = CocoFile(4), predictions = InFolder("answers.json");
        File.WriteAllBytes(Path.Combine(Folder, "2.png"), [1, 2]);
        string[] command = ["evaluate", "--model", model, "--data", data, "--max-tokens", "2", "--details", predictions];
        var (code, output, error) = Run(command);
        Assert.Equal(1, code);
        Assert.Matches("^pictures +3\n", output);
        Assert.Contains("1 example was left out:\n", error, StringComparison.Ordinal);
        Assert.EndsWith("error: the pictures above could not be read; all others were answered. With --skip-unreadable that is no error.\n", error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllBytes(predictions));
        Assert.Equal(3, json.RootElement.GetArrayLength());
        Assert.Equal(0, Run([.. command, "--skip-unreadable"]).Code);
    }

    [Fact]
    public void Pictures_none_of_which_can_be_read_are_told_with_the_folder_to_check()
    {
        var (code, output, error) = Run("evaluate", "--model", SavedModel(), "--data", CocoFile(2), "--images", InFolder("wrong"));
        Assert.Equal((1, ""), (code, output));
        Assert.EndsWith("error: the evaluated data: none of its 2 pictures could be read. Check the folder that they are in.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_of_one_conversation_have_no_results_which_is_told_before_any_is_answered()
    {
        string data = Write("turns.json", new[]
        {
            new
            {
                id = "7",
                image = Path.GetFileName(Picture(0)),
                conversations = new[] { ("human", "<image>\na?"), ("gpt", "b"), ("human", "c?"), ("gpt", "d") }.Select(t => new { from = t.Item1, value = t.Item2 }),
            },
        });
        string model = SavedModel();
        var (code, _, error) = Run("evaluate", "--model", model, "--data", data, "--max-tokens", "2", "--results", InFolder("results.json"));
        Assert.Equal(1, code);
        Assert.Contains("several questions have the id 7", error, StringComparison.Ordinal);
        Assert.DoesNotContain("answering", error, StringComparison.Ordinal);
        Assert.False(File.Exists(InFolder("results.json")));
        Assert.Equal(0, Run("evaluate", "--model", model, "--data", data, "--max-tokens", "2", "--details", InFolder("answers.json")).Code);
    }

    [Fact]
    public void Pictures_without_captions_are_captioned_for_an_evaluation_server()
    {
        Directory.CreateDirectory(InFolder("test2014"));
        for (int i = 0; i < 3; i++)
            File.Copy(Picture(i), Path.Combine(InFolder("test2014"), $"{i}.png"));
        string results = InFolder("results.json"), model = SavedModel();
        var (code, output, error) = Run("evaluate", "--model", model, "--data", InFolder("test2014"), "--max-tokens", "3", "--results", results);
        Assert.Equal((0, ""), (code, output));
        Assert.Contains("3 answers were written; the data has none to compare them with, so that nothing can be scored\n", error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllBytes(results));
        Assert.Equal(["0.png", "1.png", "2.png"], json.RootElement.EnumerateArray().Select(r => r.GetProperty("image_id").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), r => Assert.Equal(JsonValueKind.String, r.GetProperty("caption").ValueKind));

        string info = Write("image_info_test2014.json", new { images = new[] { new { id = 7, file_name = "test2014/0.png", width = 24, height = 24 } }, categories = Array.Empty<string>() });
        (code, output, _) = Run("evaluate", "--model", model, "--data", info, "--images", Folder, "--max-tokens", "3", "--results", results);
        Assert.Equal((0, ""), (code, output));
        Assert.StartsWith("[{\"image_id\":7,\"caption\":", File.ReadAllText(results), StringComparison.Ordinal);
        (code, _, error) = Run("evaluate", "--model", InFolder("no model"), "--data", info);
        Assert.Equal(2, code);
        AssertOneLine($"{info} has no captions, so that nothing can be scored. --results writes the model's own, for an evaluation server.", error);
    }

    // Asks to stop at a line that begins so.
    private sealed class StoppingWriter(string line, CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(line, StringComparison.Ordinal) == true)
                source.Cancel();
        }
    }
}
