namespace VlmMlNet.Tests.Cli;

public sealed class CommandLineTests : CliTest
{
    [Theory]
    [InlineData("caption --model m", "IMAGE is missing.")]
    [InlineData("caption a.png", "--model is missing.")]
    [InlineData("caption a.png --model m --max-tokens 0", "--max-tokens is 0; it must be positive.")]
    [InlineData("caption a.png --model m --device gpu", "--device 'gpu' is not cpu, cuda or cuda:N.")]
    [InlineData("ask a.png --model m", "QUESTION is missing.")]
    [InlineData("ask", "IMAGE, QUESTION and --model are missing.")]
    [InlineData("ask a.png q --model", "--model lacks its value, DIR.")]
    [InlineData("quantize m --weights", "--weights lacks its value, PRECISION.")]
    [InlineData("evaluate --model m", "--data is missing.")]
    [InlineData("train --data d --config tiny", "--out is missing.")]
    [InlineData("train --data d --config tiny --out o --stages 0,4", "--stages '0,4' is not an ascending list of 0, 1, 2 and 3 such as 0,1,2,3.")]
    [InlineData("train --data d --config tiny --out o --stages 2,1", "--stages '2,1' is not an ascending list of 0, 1, 2 and 3 such as 0,1,2,3.")]
    [InlineData("train --data d --config tiny --out o --minutes -1", "--minutes is -1; it must be positive.")]
    [InlineData("train --data d --config tiny --out o --learning-rates 1,2", "--learning-rates '1,2' is not three positive numbers such as 5e-6,2e-3,2e-5.")]
    [InlineData("train --data d --out o", "Say what to start from: --config tiny, --vision with --llm, or --model, one of the three.")]
    [InlineData("train --data d --out o --model m --config tiny", "Say what to start from: --config tiny, --vision with --llm, or --model, one of the three.")]
    [InlineData("train --data d --out o --vision v", "--vision and --llm go together.")]
    [InlineData("inspect", "Give a folder or --preset paper, one of the two.")]
    [InlineData("inspect m --preset paper", "Give a folder or --preset paper, one of the two.")]
    public void A_wrong_command_line_is_one_line_with_the_place_of_help_and_exit_code_2(string commandLine, string message)
    {
        string[] args = commandLine.Split(' ');
        var (code, output, error) = Run(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        AssertOneLine($"{message} See 'vlm {args[0]} --help'.", error);
    }

    [Fact]
    public void An_unknown_command_is_exit_code_2()
    {
        var (code, _, error) = Run("capton");
        Assert.Equal(2, code);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains("'capton'", error, StringComparison.Ordinal);
        Assert.Contains("vlm --help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("caption", "vlm caption photo.jpg --model model")]
    [InlineData("ask", "vlm ask photo.jpg")]
    [InlineData("train", "vlm train --data train.parquet --config tiny --minutes 20 --out model")]
    [InlineData("evaluate", "vlm evaluate --model model --data test.parquet --train train.parquet")]
    [InlineData("inspect", "vlm inspect --preset paper")]
    public void Help_has_an_example(string command, string example)
    {
        var (code, output, error) = Run(command, "--help");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains(example, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_lists_the_commands_in_a_line_each()
    {
        var (code, output, _) = Run("--help");
        Assert.Equal(0, code);
        foreach (string command in (string[])["caption", "ask", "train", "evaluate", "inspect"])
            Assert.Contains($"\n  {command} ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Example", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_picture_is_named_with_its_full_path()
    {
        var (code, _, error) = Run("caption", InFolder("none.png"), "--model", "m");
        Assert.Equal(1, code);
        AssertOneLine($"There is no picture {InFolder("none.png")}.", error);
    }

    [Fact]
    public void A_missing_model_is_named_with_its_full_path()
    {
        foreach (string[] args in (string[][])[["caption", Picture(0)], ["ask", Picture(0), "what?"], ["evaluate", "--data", CocoFile(1)]])
        {
            var (code, _, error) = Run([.. args, "--model", InFolder("none")]);
            Assert.Equal(1, code);
            AssertOneLine($"There is no folder {InFolder("none")}.", error);
        }
        Assert.Contains(InFolder("none"), Run("inspect", InFolder("none")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_data_is_named_with_its_full_path()
    {
        string model = SavedModel();
        var (code, _, error) = Run("evaluate", "--model", model, "--data", InFolder("none.json"));
        Assert.Equal(1, code);
        AssertOneLine($"There is no data file '{InFolder("none.json")}'.", error);
        (code, _, error) = Run("train", "--model", model, "--data", InFolder("none.json"), "--out", InFolder("out"));
        Assert.Equal(1, code);
        AssertOneLine($"There is no data file '{InFolder("none.json")}'.", error);
        Assert.False(Directory.Exists(InFolder("out")));
    }

    [Theory]
    [InlineData("validate Qwen/Qwen2.5-0.5B")]
    [InlineData("data show liuhaotian/LLaVA-Pretrain")]
    [InlineData("train --config tiny --out o --data owner/a-data.set2")]
    [InlineData("evaluate captions --predictions p.json --references owner/data")]
    public void A_name_at_Hugging_Face_in_the_place_of_a_data_file_is_told_which_files_to_fetch(string commandLine)
    {
        string[] args = commandLine.Split(' ');
        string name = args.Single(a => a.Contains('/', StringComparison.Ordinal));
        var (code, _, error) = Run(args);
        Assert.Equal(1, code);
        Assert.Contains($"If '{name}' is a name at Hugging Face, fetch its files into a folder and give that, since nothing is downloaded here: of a data set its .parquet, ", error, StringComparison.Ordinal);
        Assert.Contains("of a model config.json, model.safetensors ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_a_file_is_no_name_at_Hugging_Face()
    {
        foreach (string path in (string[])["data/train.json", "data/train.parquet", "./a/b", "/a/b", "a/b/c"])
            Assert.DoesNotContain("Hugging", Run("validate", path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_trace_is_shown_when_asked_for()
    {
        string error = Run("inspect", InFolder("none"), "--verbose").Error;
        Assert.Contains("   at VlmMlNet.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_an_error()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "There is a GPU.");
        var (code, _, error) = Run("caption", Picture(0), "--model", SavedModel(), "--device", "cuda:3");
        Assert.Equal(1, code);
        Assert.Contains("no CUDA device is available", error, StringComparison.Ordinal);
    }
}
