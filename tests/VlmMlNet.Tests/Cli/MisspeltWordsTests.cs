namespace VlmMlNet.Tests.Cli;

public sealed class MisspeltWordsTests : CliTest
{
    [Theory]
    [InlineData("capton", "There is no command 'capton'. Did you mean 'caption'? See 'vlm --help'.")]
    [InlineData("xyz", "There is no command 'xyz'. See 'vlm --help'.")]
    [InlineData("data shwo", "There is no command 'shwo'. Did you mean 'show'? See 'vlm data --help'.")]
    [InlineData("bench qualty --model m", "There is no command 'qualty'. Did you mean 'quality'? See 'vlm bench --help'.")]
    [InlineData("evaluate captons", "There is no command 'captons'. Did you mean 'captions'? See 'vlm evaluate --help'.")]
    [InlineData("caption a.png --modle m", "There is no option '--modle'. Did you mean '--model'? See 'vlm caption --help'.")]
    [InlineData("caption --model m a.png --max-token 5", "There is no option '--max-token'. Did you mean '--max-tokens'? See 'vlm caption --help'.")]
    [InlineData("caption a.png -model m", "There is no option '-model'. Did you mean '--model'? See 'vlm caption --help'.")]
    [InlineData("caption a.png --model m --nonsense", "There is no option '--nonsense'. See 'vlm caption --help'.")]
    [InlineData("ask a.png what --model m --temprature=0.5", "There is no option '--temprature'. Did you mean '--temperature'? See 'vlm ask --help'.")]
    [InlineData("evaluate --model m --data d --protocl x", "There is no option '--protocl'. Did you mean '--protocol'? See 'vlm evaluate --help'.")]
    [InlineData("evaluate --model m --data d --protocol slake_tset", "--protocol 'slake_tset' is none of coco_karpathy_test, coco2017_cap_val, flickr30k_test, paper_coco, paper_flickr30k, vqav2_val, pathvqa_test, vqa_rad_test, slake_test. Did you mean 'slake_test'? See 'vlm evaluate --help'.")]
    [InlineData("data show d --bad-rows skp", "--bad-rows 'skp' is none of fail, skip. Did you mean 'skip'? See 'vlm data show --help'.")]
    [InlineData("inspect a b", "'b' is one argument too many. See 'vlm inspect --help'.")]
    public void A_word_that_does_not_exist_is_named_beside_the_one_that_was_meant(string commandLine, string message)
    {
        var (code, output, error) = Run(commandLine.Split(' '));
        Assert.Equal((2, ""), (code, output));
        AssertOneLine(message, error);
    }

    [Theory]
    [InlineData("--data is empty.", "evaluate", "--model", "m", "--data", "")]
    [InlineData("--model is empty.", "caption", "a.png", "--model", "")]
    [InlineData("IMAGE is empty.", "caption", "", "--model", "m")]
    [InlineData("QUESTION is empty.", "ask", "a.png", " ", "--model", "m")]
    [InlineData("--results is empty.", "evaluate", "--model", "m", "--data", "d", "--results", "")]
    [InlineData("--out is empty.", "quantize", "m", "--weights", "int8", "--out", "")]
    public void What_an_unset_variable_leaves_is_named(string message, params string[] args)
    {
        var (code, _, error) = Run(args);
        Assert.Equal(2, code);
        AssertOneLine($"{message} See 'vlm {args[0]} --help'.", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    [InlineData("bench")]
    public void A_command_that_needs_another_shows_its_help(string commandLine)
    {
        string[] args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (code, output, error) = Run(args);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(Run([.. args, "--help"]).Output, output);
        Assert.Contains("Commands:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_behind_two_dashes_is_no_option()
    {
        Assert.Contains($"There is no picture {Path.GetFullPath("--modle")}.", Run("caption", "--model", "m", "--", "--modle").Error, StringComparison.Ordinal);
        Assert.Contains($"There is no picture {Path.GetFullPath("a.png")}.", Run("ask", "--model", "m", "a.png", "--", "--who is there").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_one_line_that_begins_with_a_number()
    {
        var (code, output, error) = Run("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", output);
    }

    [Theory]
    [InlineData("caption")]
    [InlineData("ask")]
    [InlineData("evaluate")]
    [InlineData("evaluate captions")]
    [InlineData("evaluate answers")]
    [InlineData("bench quality")]
    [InlineData("data show")]
    [InlineData("validate")]
    [InlineData("inspect")]
    public void Help_says_what_exit_codes_mean(string command)
    {
        string output = Run([.. command.Split(' '), "--help"]).Output;
        Assert.Contains("Exit codes: 0", output, StringComparison.Ordinal);
        Assert.Contains("Example", output, StringComparison.Ordinal);
    }
}
