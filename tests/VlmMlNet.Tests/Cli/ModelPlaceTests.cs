using Microsoft.ML;
using VlmMlNet.Cli;

namespace VlmMlNet.Tests.Cli;

/// <summary>A folder that is no model says what it is instead, and how to come to one.</summary>
public sealed class ModelPlaceTests : CliTest
{
    private string Out => InFolder("out");

    [Fact]
    public void A_run_that_was_stopped_before_it_had_a_model_is_told_by_every_command()
    {
        string[] args = ["train", "--config", "tiny", "--data", CocoFile(6), "--stages", "1", "--out", Out];
        string stopped = Stop("vision: contrastive pre-training: 100 %", args);
        Assert.Contains($"is kept in {Out}, which is no model yet: the same command with --resume goes on from it.", stopped, StringComparison.Ordinal);
        string expected = $"{Out}: it holds an unfinished training run, which has saved no model yet. Continue the run first: the command that began it goes on with --resume.";
        string other = CocoFile(1, "other.json");
        foreach (string[] command in (string[][])
            [
                ["caption", Picture(0), "--model", Out], ["ask", Picture(0), "what?", "--model", Out], ["evaluate", "--model", Out, "--data", other], ["quantize", Out, "--weights", "int8", "--out", InFolder("small")],
                ["inspect", Out], ["data", "show", other, "--model", Out], ["bench", "quality", "--model", Out, "--data", other], ["train", "--model", Out, "--data", other, "--out", InFolder("further")],
            ])
        {
            var (code, _, error) = Run(command);
            Assert.Equal(1, code);
            AssertOneLine(expected, error);
        }
        Assert.Contains("it holds an unfinished training run", Run("validate", Out).Output + Run("validate", Out).Error, StringComparison.Ordinal);
        Assert.Contains("(StagedTraining.Resume)", Assert.Throws<MalformedInputException>(() => new MLContext().VisionLanguage().LoadModel(Out)).Message, StringComparison.Ordinal);

        // There is no model to start from yet.
        var changed = Run([.. args, "--resume", "--seed", "7"]);
        Assert.Equal(1, changed.Code);
        AssertOneLine($"{Out} holds a run that was begun with other options: --seed 1 (now 7). Continue it with the same ones, or train into another folder.", changed.Error.Split('\n').Single(line => line.StartsWith("error", StringComparison.Ordinal)));
        Assert.Contains("the same command with --resume in place of --force goes on", Stop("vision: contrastive pre-training: 100 %", [.. args, "--force"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_of_a_run_between_two_stages_answers_with_a_note_about_the_run()
    {
        string[] args = ["train", "--model", SavedModel(), "--data", CocoFile(6), "--stages", "1,2", "--batch-size", "2", "--out", Out];
        Assert.Contains("the same command with --resume goes on from it.", Stop("; saved", args), StringComparison.Ordinal);
        var (code, output, error) = Run("caption", Picture(0), "--model", Out, "--max-tokens", "3");
        Assert.Equal(0, code);
        Assert.NotEmpty(output);
        Assert.Equal($"note: {Out} holds an unfinished training run: its model has 1 of 2 stages behind it (the command that began it goes on with --resume).\n", error);
        Assert.Equal(0, Run([.. args, "--resume"]).Code);
        Assert.Equal("", Run("caption", Picture(0), "--model", Out, "--max-tokens", "3").Error);
    }

    [Fact]
    public void The_folder_around_a_model_names_it()
    {
        string model = SavedModel("around/model");
        var (code, _, error) = Run("caption", Picture(0), "--model", InFolder("around"));
        Assert.Equal(1, code);
        AssertOneLine($"{InFolder("around")}: it is no model, but its folder 'model' is one. Give {model}.", error);
    }

    private static string Stop(string at, string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        using var error = new StoppingWriter(at, cancellation);
        Assert.Equal(130, VlmCommand.Run(args, TextWriter.Null, error, cancellation.Token));
        return error.ToString();
    }

    private sealed class StoppingWriter(string text, CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                source.Cancel();
        }
    }
}
