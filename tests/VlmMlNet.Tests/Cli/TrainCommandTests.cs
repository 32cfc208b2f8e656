using System.Text.Json;
using VlmMlNet.ModelFolders;
using VlmMlNet.Training.Watching;

namespace VlmMlNet.Tests.Cli;

public sealed class TrainCommandTests : CliTest
{
    [Fact]
    public void A_saved_model_is_trained_through_all_stages_and_saved()
    {
        string start = SavedModel(), output = InFolder("out");
        var (code, text, error) = Run("train", "--model", start, "--data", $"{CocoFile(4)},{LlavaFile(2)}", "--out", output, "--batch-size", "4", "--validation", CocoFile(2, "val.json"));
        Assert.True(code == 0, error);
        Assert.Contains(output, text, StringComparison.Ordinal);
        Assert.Contains("10 examples", error, StringComparison.Ordinal); // 2 captions of 4 pictures, 2 conversations
        Assert.Contains("vision 5.0e-6, projector 2.0e-3, language 2.0e-5", error, StringComparison.Ordinal); // the paper's
        foreach (string stage in (string[])["stage 0", "stage 1", "stage 2", "stage 3"])
        {
            Assert.Matches($@"(?m)^{stage}: .*: 3 steps in .* s, loss .* -> .*; saved$", error);
            Assert.Matches($@"(?m)^{stage}: .*: CIDEr \d\.\d\d\d on 2 pictures$", error);
        }
        Assert.Equal(0, Run("caption", Picture(0), "--model", output).Code);
        Assert.False(Directory.Exists(Path.Combine(output, "checkpoint")));
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "training.json")));
        Assert.Equal(4, state.RootElement.GetProperty("Stages").GetArrayLength());
    }

    [Fact]
    public void A_training_is_watched_in_lines_curves_and_a_report()
    {
        string output = InFolder("out"), curves = InFolder("curves");
        string[] args = ["train", "--model", SavedModel(), "--data", CocoFile(6), "--stages", "1,2", "--batch-size", "2", "--tensorboard", curves, "--out"];
        string[] watched = ["--validation", CocoFile(2, "val.json"), "--validate-every", "2", "--validation-score", "--keep-best", "score", "--patience", "9"];
        var (code, _, error) = Run([.. args, output, .. watched]);
        Assert.True(code == 0, error);
        Assert.Matches(@"(?m)^validation after step 2: loss \d+\.\d\d\d, score \d+\.\d\d\d$", error);
        Assert.Matches(@"(?m)^stage 2: full fine-tuning: \d+ %, loss .*, .* examples/s, .* tokens/s, .* GiB, 00:0.* left, until \d\d:\d\d$", error);
        var lines = MetricsFile.Read(Path.Combine(output, "metrics.jsonl")).ToList();
        Assert.Equal(["stage 1: hybrid alignment", "stage 2: full fine-tuning"], lines.Select(l => l.Stage).Distinct());
        Assert.Equal(12, lines.Count(l => l.IsStep));
        Assert.Equal([2, 4, 6, 2, 4, 6], lines.Where(l => l.ValidationScore is not null).Select(l => l.Step));
        Assert.All(lines.Where(l => l.Captions is not null), l => Assert.Equal(2, l.Captions!.Count));
        Assert.Equal(2, Directory.GetDirectories(curves).Length);
        string page = File.ReadAllText(Path.Combine(output, "report.html"));
        foreach (string expected in (string[])["What it says after each stage", "CIDEr in validation", "Scored tokens per second", "data:image/png;base64,", "Memory of the process"])
            Assert.Contains(expected, page, StringComparison.Ordinal);

        var refused = Run([.. args, InFolder("other")]);
        Assert.Contains($"--tensorboard {curves} holds curves of another run's stage 1: hybrid alignment. Give another folder, or replace them with --force.", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--keep-best Score (now Loss)", Run([.. args, output, .. watched[..5], "--keep-best", "loss", "--patience", "9", "--resume"]).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--keep-best needs --validation", "--keep-best")]
    [InlineData("--validate-every needs --validation", "--validate-every", "10%")]
    [InlineData("--patience needs --validation", "--patience", "3")]
    [InlineData("--keep-best score needs --validation-score", "--validation", "val.json", "--keep-best", "score")]
    [InlineData("--validate-every 'often' is neither a number of steps such as 500 nor a share such as 10%", "--validation", "val.json", "--validate-every", "often")]
    public void Options_of_watching_that_make_no_sense_are_refused(string expected, params string[] options)
    {
        var (code, _, error) = Run(["train", "--config", "tiny", "--data", "x.json", "--out", InFolder("out"), .. options]);
        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tiny_configuration_starts_from_backbones_trained_on_the_data_with_rates_of_its_own()
    {
        var (code, _, error) = Run("train", "--config", "tiny", "--data", CocoFile(6), "--instructions", LlavaFile(3), "--out", InFolder("out"), "--minutes", "0.02", "--epochs", "1");
        Assert.True(code == 0, error);
        Assert.Contains("12 examples, 3 of instructions", error, StringComparison.Ordinal);
        Assert.Contains("vision: contrastive pre-training: ", error, StringComparison.Ordinal);
        Assert.Contains("language: pre-training on text: ", error, StringComparison.Ordinal);
        Assert.Contains("vision 5.0e-4, projector 1.0e-3, language 1.0e-3", error, StringComparison.Ordinal);
        Assert.Contains("vision frozen, projector 2.0e-3, language frozen", error, StringComparison.Ordinal);
        Assert.True(ModelFolder.IsModel(InFolder("out")));
    }

    [Fact]
    public void Bad_rows_and_unreadable_pictures_are_left_out_and_listed_in_every_part_when_asked()
    {
        string data = CocoFile(8);
        File.WriteAllText(data, File.ReadAllText(data).Replace("\"image_id\":3,", "\"image_id\":99,", StringComparison.Ordinal));
        File.WriteAllBytes(Picture(1), [1, 2, 3]);
        string[] args = ["train", "--config", "tiny", "--data", data, "--minutes", "0.02", "--epochs", "1", "--stages", "1"];
        Assert.Contains("image_id 99 is not that of a listed image", Run([.. args, "--out", InFolder("a")]).Error, StringComparison.Ordinal);
        Assert.Contains(Picture(1), Run([.. args, "--bad-rows", "skip", "--out", InFolder("b")]).Error, StringComparison.Ordinal);
        var (code, _, error) = Run([.. args, "--bad-rows", "skip", "--skip-unreadable", "--out", InFolder("c")]);
        Assert.True(code == 0, error);
        Assert.Contains($"3 bad rows were left out:\n  {data}, row 4: in 'annotations', image_id 99", error, StringComparison.Ordinal);
        Assert.Contains($"\n  {data}, row 2: the row has no caption\n", error, StringComparison.Ordinal);
        Assert.Matches($@"1 example was left out:\n  {System.Text.RegularExpressions.Regex.Escape(Picture(1))}, row 1: ", error);
    }

    [Fact]
    public void Hugging_Face_folders_are_a_start()
    {
        using (var model = TinyModel.Create())
        {
            HuggingFaceFolder.Save(model.Network.Vision, InFolder("vision"));
            HuggingFaceFolder.Save(model.Network.Language, InFolder("llm"));
            model.Tokenizer.Save(InFolder("llm"));
        }
        var (code, text, error) = Run("train", "--vision", InFolder("vision"), "--llm", InFolder("llm"), "--data", CocoFile(2), "--out", InFolder("out"), "--stages", "2", "--learning-rates", "1e-4,2e-4,3e-4");
        Assert.True(code == 0, error);
        Assert.Contains("vision 1.0e-4, projector 2.0e-4, language 3.0e-4", error, StringComparison.Ordinal);
        Assert.Contains("vision ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_run_keeps_finished_stages_and_goes_on_to_the_same_end()
    {
        string start = SavedModel(), data = CocoFile(6);
        string[] args = ["train", "--model", start, "--data", data, "--batch-size", "2", "--stages", "1,2", "--out"];
        Assert.Equal(0, Run([.. args, InFolder("whole")]).Code);

        // Ends within stage 2: the token is cancelled when stage 1 is said to be saved.
        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("; saved", cancellation);
        int code = VlmMlNet.Cli.VlmCommand.Run([.. args, InFolder("parts")], TextWriter.Null, error, cancellation.Token);
        Assert.Equal(130, code);
        Assert.True(ModelFolder.IsModel(InFolder("parts")));

        var refused = Run([.. args, InFolder("parts")]);
        Assert.Equal(1, refused.Code);
        Assert.Contains($"{InFolder("parts")} is not empty", refused.Error, StringComparison.Ordinal);
        var other = Run("train", "--model", start, "--data", data, "--stages", "2", "--resume", "--out", InFolder("parts"));
        Assert.Equal(1, other.Code);
        Assert.Contains("has finished stage 1: hybrid alignment", other.Error, StringComparison.Ordinal);

        var resumed = Run([.. args, InFolder("parts"), "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.DoesNotContain("stage 1: hybrid alignment: 6 steps", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(InFolder("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(InFolder("parts"), "model.safetensors")));
    }

    [Fact]
    public void Small_backbones_that_were_finished_are_not_trained_again()
    {
        string[] args = ["train", "--config", "tiny", "--data", CocoFile(6), "--stages", "1", "--epochs", "1", "--out"];
        Assert.Equal(0, Run([.. args, InFolder("whole")]).Code);

        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("vision: contrastive pre-training: 100 %", cancellation);
        Assert.Equal(130, VlmMlNet.Cli.VlmCommand.Run([.. args, InFolder("parts")], TextWriter.Null, error, cancellation.Token));
        Assert.False(ModelFolder.IsModel(InFolder("parts")));
        Assert.Contains($"{InFolder("parts")} is not empty", Run([.. args, InFolder("parts")]).Error, StringComparison.Ordinal);

        var resumed = Run([.. args, InFolder("parts"), "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Single(resumed.Error.Split('\n'), line => line.StartsWith("vision: contrastive", StringComparison.Ordinal)); // that it is done
        Assert.Equal(File.ReadAllBytes(InFolder("whole/model.safetensors")), File.ReadAllBytes(InFolder("parts/model.safetensors")));
        Assert.False(Directory.Exists(InFolder("parts/checkpoint")));
    }

    [Fact]
    public void A_continued_run_may_have_another_time_limit_but_no_other_settings()
    {
        string[] args = ["train", "--model", SavedModel(), "--data", CocoFile(6), "--stages", "2", "--out", InFolder("out")];
        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("%, loss", cancellation);
        Assert.Equal(130, VlmMlNet.Cli.VlmCommand.Run([.. args, "--batch-size", "2", "--minutes", "5"], TextWriter.Null, error, cancellation.Token));

        var refused = Run([.. args, "--resume", "--batch-size", "3", "--minutes", "5", "--seed", "2"]);
        Assert.Equal(1, refused.Code);
        Assert.Contains($"{InFolder("out")} holds a run that was begun with other options: --batch-size 2 (now 3), --seed 1 (now 2). Continue it with the same ones", refused.Error, StringComparison.Ordinal);
        var resumed = Run([.. args, "--resume", "--batch-size", "2", "--minutes", "7"]);
        Assert.True(resumed.Code == 0, resumed.Error);
    }

    [Fact]
    public void A_folder_that_holds_other_things_is_refused_before_training()
    {
        var (code, _, error) = Run("train", "--config", "tiny", "--data", CocoFile(2), "--out", Folder);
        Assert.Equal(1, code);
        Assert.Contains($"error: {Folder} is not empty. Give another folder", error, StringComparison.Ordinal);
        Assert.DoesNotContain("contrastive", error, StringComparison.Ordinal);
    }

    private sealed class CancellingWriter(string text, CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                source.Cancel();
        }
    }

    [Fact]
    public void Less_memory_gives_the_same_model_and_the_least_another_one()
    {
        string start = SavedModel(), data = CocoFile(4);
        byte[] Train(string name, params string[] more)
        {
            var (code, _, error) = Run(["train", "--model", start, "--data", data, "--out", InFolder(name), "--batch-size", "4", "--stages", "1,2", .. more]);
            Assert.True(code == 0, error);
            return File.ReadAllBytes(Path.Combine(InFolder(name), "model.safetensors"));
        }
        byte[] plain = Train("normal");
        Assert.Equal(plain, Train("less", "--memory", "less"));
        Assert.NotEqual(plain, Train("least", "--memory", "least"));
        Assert.NotEqual(plain, Train("narrow", "--precision", "bfloat16"));
        Assert.Equal(0, Run("caption", Picture(0), "--model", InFolder("narrow")).Code);
        Assert.Contains("'much'", Run("train", "--model", start, "--data", data, "--out", InFolder("no"), "--memory", "much").Error, StringComparison.Ordinal);
    }
}
