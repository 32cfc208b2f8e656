using VlmMlNet.Evaluation;

namespace VlmMlNet.Tests.Evaluation;

public sealed class EvaluationProtocolTests
{
    [Fact]
    public void A_caption_protocol_puts_its_prompt()
    {
        EvaluationProtocol protocol = EvaluationProtocol.Find("COCO2017_cap_val");
        Assert.Equal("Provide a one-sentence caption for the provided image.", protocol.PromptFor());
        Assert.Equal(64, protocol.Generation().MaxTokens);
        Assert.False(protocol.AsksQuestions);
    }

    [Fact]
    public void A_question_protocol_puts_the_question_and_names_the_options_of_closed_ones()
    {
        Assert.Equal("Is it big?\nAnswer the question using a single word or phrase.", EvaluationProtocol.VqaV2Validation.PromptFor(" Is it big? ", "yes/no"));
        Assert.Equal("Where?", EvaluationProtocol.SlakeTest.PromptFor("Where?", "OPEN"));
        Assert.Equal("Is it big? Please choose from the following two options: [yes, no]", EvaluationProtocol.VqaRadTest.PromptFor("Is it big?", "CLOSED"));
        Assert.Contains("asks questions", Assert.Throws<ArgumentException>(() => EvaluationProtocol.PathVqaTest.PromptFor()).Message);
    }

    [Fact]
    public void An_unknown_name_lists_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => EvaluationProtocol.Find("coco"));
        Assert.StartsWith("There is no protocol 'coco'. There are: coco_karpathy_test, ", error.Message);
        Assert.Equal(EvaluationProtocol.All.Count, EvaluationProtocol.All.Select(protocol => protocol.Name).Distinct().Count());
    }
}
