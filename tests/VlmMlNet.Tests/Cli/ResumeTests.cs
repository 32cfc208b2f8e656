using System.Text.Json.Nodes;
using VlmMlNet.Cli;

namespace VlmMlNet.Tests.Cli;

/// <summary>A run is continued with what it was begun with, whether it is finished, between two stages or within one.</summary>
public sealed class ResumeTests : CliTest
{
    private string Out => InFolder("out");

    private string[] Train(string data, params string[] more) => ["train", "--data", data, "--out", Out, .. more];

    private byte[] State() => File.ReadAllBytes(Path.Combine(Out, "training.json"));

    [Fact]
    public void A_finished_run_says_so()
    {
        string[] args = Train(CocoFile(3), "--model", SavedModel(), "--stages", "1");
        Assert.Equal(0, Run(args).Code);
        byte[] before = State();
        // As a process leaves it that is killed before it removes them.
        Directory.CreateDirectory(Path.Combine(Out, "checkpoint", "stage-0"));
        File.WriteAllText(Path.Combine(Out, "checkpoint", "stage-0", "checkpoint.safetensors"), "");
        var (code, output, error) = Run([.. args, "--resume"]);
        Assert.True(code == 0, error);
        Assert.StartsWith($"nothing was left to do: the run in {Out} is finished. To train its model further, start from it: --model {Out} --out ANOTHER, without --resume.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("saved", output, StringComparison.Ordinal);
        Assert.Equal(before, State());
        Assert.False(Directory.Exists(Path.Combine(Out, "checkpoint")));
    }

    [Theory]
    [InlineData("--epochs 5", "--epochs 1 (now 5)")]
    [InlineData("--batch-size 1", "--batch-size 16 (now 1)")]
    [InlineData("--seed 9", "--seed 1 (now 9)")]
    [InlineData("--learning-rates 1e-6,3e-3,1e-5", "--learning-rates of the projector 0.002 (now 0.003)")]
    [InlineData("--prompt hm", "--prompt Describe the image. (now hm)")]
    [InlineData("--epochs 5 --seed 9", "--epochs 1 (now 5), --seed 1 (now 9)")]
    public void A_finished_run_refuses_other_options_and_names_both_values(string more, string expected)
    {
        string[] args = Train(CocoFile(3), "--model", SavedModel(), "--stages", "1,2"), rates = ["--learning-rates", "1e-6,2e-3,1e-5"];
        Assert.Equal(0, Run([.. args, .. rates]).Code);
        string[] other = more.Split(' ');
        var (code, _, error) = Run([.. args, .. other.Contains(rates[0]) ? [] : rates, .. other, "--resume"]);
        Assert.Equal(1, code);
        Assert.Contains($"error: {Out} holds a finished run that was begun with other options: {expected}. Nothing of it is left to do", error, StringComparison.Ordinal);
        Assert.Contains($"start from it: --model {Out} --out ANOTHER", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_data_is_told_by_its_content_and_not_by_its_place()
    {
        string start = SavedModel(), data = CocoFile(3);
        Assert.Equal(0, Run(Train(data, "--model", start, "--stages", "1")).Code);

        string other = CocoFile(3, "other.json");
        File.WriteAllText(other, File.ReadAllText(other).Replace("a ", "the ", StringComparison.Ordinal));
        Assert.Contains($"--data {data} (now {other})", Run(Train(other, "--model", start, "--stages", "1", "--resume")).Error, StringComparison.Ordinal);
        Assert.Contains($"--data {data} (now {CocoFile(2, "fewer.json")})", Run(Train(InFolder("fewer.json"), "--model", start, "--stages", "1", "--resume")).Error, StringComparison.Ordinal);

        File.Move(data, InFolder("moved.json"));
        Assert.Equal(0, Run(Train(InFolder("moved.json"), "--model", start, "--stages", "1", "--resume")).Code);
        File.Move(other, data); // the same name
        Assert.Contains("--data as it was (now with other content)", Run(Train(data, "--model", start, "--stages", "1", "--resume")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_between_two_stages_refuses_other_options()
    {
        string[] args = Train(CocoFile(3), "--model", SavedModel(), "--stages", "1,2");
        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("; saved", cancellation); // before the first step of stage 2
        Assert.Equal(130, VlmCommand.Run(args, TextWriter.Null, error, cancellation.Token));
        Assert.False(File.Exists(Path.Combine(Out, "checkpoint", "stage-1", "checkpoint.safetensors")));
        Assert.Contains($"kept in {Out}: the same command with --resume goes on from it", error.ToString(), StringComparison.Ordinal);

        var refused = Run([.. args, "--resume", "--epochs", "5"]);
        Assert.Equal(1, refused.Code);
        Assert.Contains($"{Out} holds a run that was begun with other options: --epochs 1 (now 5). Continue it with the same ones", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, Run([.. args, "--resume"]).Code);
    }

    [Fact]
    public void A_run_whose_backbones_are_not_finished_refuses_other_options()
    {
        string[] args = Train(CocoFile(6), "--config", "tiny", "--stages", "1");
        using var cancellation = new CancellationTokenSource();
        using var error = new CancellingWriter("vision: contrastive pre-training", cancellation);
        Assert.Equal(130, VlmCommand.Run(args, TextWriter.Null, error, cancellation.Token));
        Assert.Contains("stopped in vision: contrastive pre-training after step 1. Everything until there is kept", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--epochs 3 (now 2)", Run([.. args, "--resume", "--epochs", "2"]).Error, StringComparison.Ordinal);
        Assert.Contains("start --config tiny (now --model ", Run(Train(CocoFile(6), "--model", SavedModel(), "--stages", "1", "--resume")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_continue_is_said()
    {
        var (code, output, error) = Run(Train(CocoFile(2), "--model", SavedModel(), "--stages", "1", "--resume"));
        Assert.True(code == 0, error);
        Assert.Contains($"{Out} holds no run: training starts from the beginning.", error, StringComparison.Ordinal);
        Assert.Contains("saved in", output, StringComparison.Ordinal);

        string taken = Directory.CreateDirectory(InFolder("taken")).FullName;
        File.WriteAllText(Path.Combine(taken, "notes.txt"), "");
        var refused = Run("train", "--model", InFolder("model"), "--data", InFolder("coco.json"), "--out", taken, "--resume");
        Assert.Equal(1, refused.Code);
        Assert.Contains($"{taken} holds other things than a run that could be continued", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_failed_before_anything_was_trained_leaves_nothing_in_the_way()
    {
        string data = CocoFile(2);
        Assert.Equal(1, Run(Train(data, "--model", InFolder("none"), "--stages", "1")).Code);
        Assert.False(Directory.Exists(Out));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var stopped = Run(cancelled.Token, Train(data, "--config", "tiny", "--stages", "1"));
        Assert.Equal(130, stopped.Code);
        Assert.Contains("error: stopped before anything was trained: nothing is kept.", stopped.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData(".tmp-abc")]
    [InlineData(".old-abc")]
    public void A_whole_folder_that_was_left_beside_the_output_is_adopted(string left)
    {
        string[] args = Train(CocoFile(3), "--model", SavedModel(), "--stages", "1");
        Assert.Equal(0, Run(args).Code);
        byte[] weights = File.ReadAllBytes(Path.Combine(Out, "model.safetensors"));
        Directory.Move(Out, Out + left);
        Directory.CreateDirectory(Out + ".tmp-half");
        var (code, output, error) = Run([.. args, "--resume"]);
        Assert.True(code == 0, error);
        Assert.Contains($"{Out}{left}, which an interrupted run had left, is now {Out}.", error, StringComparison.Ordinal);
        Assert.Contains("nothing was left to do", output, StringComparison.Ordinal);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Out, "model.safetensors")));
        Assert.False(Directory.Exists(Out + left));
    }

    [Fact]
    public void Another_number_of_threads_between_two_stages_is_told()
    {
        string start = SavedModel();
        Assert.Equal(0, Run(Train(CocoFile(3), "--model", start, "--stages", "1")).Code);
        string path = Path.Combine(Out, "training.json");
        var state = JsonNode.Parse(File.ReadAllBytes(path))!;
        Assert.True((int)state["Threads"]! > 0);
        state["Threads"] = 77;
        File.WriteAllText(path, state.ToJsonString());
        var (code, _, error) = Run(Train(CocoFile(3), "--model", start, "--stages", "1,2", "--resume"));
        Assert.True(code == 0, error);
        Assert.Contains("until now this was trained with 77 threads, from here on with ", error, StringComparison.Ordinal);
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
}
