namespace VlmMlNet.Tests.Cli;

public sealed class GenerationOptionTests : CliTest
{
    private const string Question = "what colour is it";

    [Fact]
    public void Several_questions_are_answered_as_each_alone_and_named()
    {
        string model = SavedModel();
        string first = Run("ask", Picture(0), Question, "--model", model, "--max-tokens", "6").Output;
        string second = Run("ask", Picture(0), "red", "--model", model, "--max-tokens", "6").Output;
        var (code, both, error) = Run("ask", Picture(0), Question, "red", "--model", model, "--max-tokens", "6");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal($"{Question}\t{first}red\t{second}", both);
    }

    [Fact]
    public void A_streamed_answer_is_the_whole_one()
    {
        string model = SavedModel();
        foreach (string[] command in (string[][])[["ask", Picture(0), Question], ["ask", Picture(0), Question, "red"], ["caption", Picture(0)], ["caption", Picture(0), Picture(1)]])
        {
            var whole = Run([.. command, "--model", model, "--max-tokens", "8"]);
            Assert.Equal(whole, Run([.. command, "--model", model, "--max-tokens", "8", "--stream"]));
            Assert.Equal(0, whole.Code);
        }
    }

    [Fact]
    public void Drawn_answers_repeat_with_their_seed()
    {
        string model = SavedModel();
        (int Code, string Output, string Error) Draw(string seed) => Run("ask", Picture(0), Question, "--model", model, "--max-tokens", "8", "--temperature", "3", "--top-k", "50", "--top-p", "0.95", "--seed", seed, "--answers", "4");
        var (code, output, error) = Draw("1");
        Assert.Equal((0, ""), (code, error));
        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.True(lines.Distinct().Count() > 1);
        Assert.Equal(output, Draw("1").Output);
        Assert.NotEqual(output, Draw("2").Output);
    }

    [Fact]
    public void Beams_penalties_lengths_and_stop_texts_reach_the_generation()
    {
        string model = SavedModel();
        string Caption(params string[] more) => Run(["caption", Picture(1), "--model", model, "--max-tokens", "12", .. more]) is (0, var output, "") ? output : throw new InvalidOperationException("The command failed.");
        string plain = Caption();
        Assert.Equal(3, Caption("--beams", "4", "--answers", "3", "--length-penalty", "0.5").TrimEnd('\n').Split('\n').Length);
        Assert.NotEqual(plain, Caption("--repetition-penalty", "3"));
        string stop = plain.TrimEnd('\n')[2..4];
        Assert.Equal(plain[..plain.IndexOf(stop, StringComparison.Ordinal)].Trim() + "\n", Caption("--stop", "no such text", "--stop", stop));
        Assert.True(Caption("--min-tokens", "12").Length > 1);
    }

    [Fact]
    public void Contradictions_are_told_in_the_command_lines_words_before_anything_is_loaded()
    {
        void Fails(string message, params string[] args)
        {
            var (code, _, error) = Run(args);
            Assert.Equal(2, code);
            AssertOneLine(message, error);
        }
        Fails("--top-p is 0.5; --temperature is 0, so that no token is drawn: set a --temperature too.", "caption", "x.png", "--model", "none", "--top-p", "0.5");
        Fails("--answers is 2; the most likely tokens give one answer: set a --temperature, or --beams.", "ask", "x.png", "q", "--model", "none", "--answers", "2");
        Fails("--beams is 2; --temperature is 0.7: beams are searched, not drawn. Choose one of the two.", "evaluate", "--data", "x", "--model", "none", "--beams", "2", "--temperature", "0.7");
        Fails("--beams is 2; beams know their answer only at its end, so that it cannot be streamed.", "caption", "x.png", "--model", "none", "--beams", "2", "--stream");
    }

    [Fact]
    public void Evaluation_generates_as_it_is_told()
    {
        string model = SavedModel(), data = LlavaFile(3);
        string Answers(params string[] more)
        {
            string file = InFolder("answers.json");
            Assert.Equal(0, Run(["evaluate", "--model", model, "--data", data, "--max-tokens", "6", "--details", file, .. more]).Code);
            return File.ReadAllText(file);
        }
        string greedy = Answers();
        Assert.Equal(greedy, Answers("--batch-size", "1"));
        Assert.NotEqual(greedy, Answers("--temperature", "4", "--seed", "1"));
        Assert.Equal(Answers("--temperature", "4", "--seed", "1"), Answers("--temperature", "4", "--seed", "1", "--batch-size", "2"));
        string drawn = Answers("--protocol", "slake_test");
        Assert.Equal(drawn, Answers("--protocol", "slake_test"));
        Assert.Equal(greedy, Answers("--protocol", "slake_test", "--temperature", "0"));
    }
}
