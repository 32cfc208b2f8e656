namespace VlmMlNet.Tests.Cli;

/// <summary>Conversations can be scored in two ways: the command says which, and takes the other.</summary>
public sealed class EvaluateKindTests : CliTest
{
    [Fact]
    public void Conversations_are_said_to_be_scored_as_questions()
    {
        string data = LlavaFile(3);
        var (code, output, error) = Run("evaluate", "--model", SavedModel(), "--data", data, "--max-tokens", "2");
        Assert.Equal(0, code);
        Assert.Matches(@"^questions +3\n", output);
        Assert.Contains($"{data} holds conversations, of which each turn is scored as a question, by exact match; --as captions scores the answers as captions of their pictures\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain("holds conversations", Run("evaluate", "--model", InFolder("model"), "--data", data, "--as", "questions", "--max-tokens", "2").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("holds conversations", Run("evaluate", "--model", InFolder("model"), "--data", CocoFile(2), "--max-tokens", "2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_are_scored_as_captions_when_asked()
    {
        string data = LlavaFile(3), answers = InFolder("answers.json");
        var (code, output, error) = Run("evaluate", "--model", SavedModel(), "--data", data, "--train", data, "--as", "captions", "--max-tokens", "2", "--details", answers);
        Assert.Equal((0, false), (code, error.Contains("holds conversations", StringComparison.Ordinal)));
        Assert.Matches(@"^pictures +3\n", output);
        Assert.Matches(@"(?m)^CIDEr +\d", output);
        Assert.Matches(@"(?m)^  nearest neighbour +\d", output);
        string written = File.ReadAllText(answers);
        Assert.Contains("\"red\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("What colour", written, StringComparison.Ordinal);
        var byProtocol = Run("evaluate", "--model", InFolder("model"), "--data", data, "--protocol", "coco_karpathy_test", "--max-tokens", "2");
        Assert.Matches(@"^pictures +3\n", byProtocol.Output);
        Assert.Contains("holds conversations, whose answers are scored as captions\n", byProtocol.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_data_do_not_hold_is_not_scored()
    {
        string coco = CocoFile(2), llava = LlavaFile(2);
        AssertOneLine($"--as questions: {coco} holds captions. Leave it out.", Run("evaluate", "--model", "m", "--data", coco, "--as", "questions").Error);
        AssertOneLine("--as captions: --protocol vqav2_val asks for answers to questions. Leave it out.", Run("evaluate", "--model", "m", "--data", llava, "--as", "captions", "--protocol", "vqav2_val").Error);
    }

    [Fact]
    public void References_of_another_kind_are_refused_in_the_command_lines_words()
    {
        string llava = LlavaFile(2), coco = CocoFile(2), results = Write("results.json", Array.Empty<int>());
        AssertOneLine($"{llava}: it was recognised as LlavaJson, which has no captions of images to compare with. References are captions of people: COCO captions .json, Karpathy's .json, Flickr30k's .token and others. Conversations are scored with a model: vlm evaluate --model DIR --data FILE.",
            Run("evaluate", "captions", "--references", llava, "--predictions", results).Error);
        string error = Run("evaluate", "answers", "--references", coco, "--predictions", results).Error;
        Assert.StartsWith($"error: {coco}: it was recognised as CocoCaptions, which has no answers of questions to compare with. References are", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Could not find", error, StringComparison.Ordinal);
    }
}
