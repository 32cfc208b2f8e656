using Microsoft.ML;
using VlmMlNet.Components.Recipes;

namespace VlmMlNet.Tests.Components.Recipes;

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
    public void The_papers_protocols_ask_with_the_models_own_prompt()
    {
        Assert.Equal("Say it.", EvaluationProtocol.PaperCoco.PromptFor(captionPrompt: "Say it."));
        Assert.Equal("Say it.", EvaluationProtocol.Find("paper_flickr30k").PromptFor(captionPrompt: "Say it."));
        Assert.Contains("asks with the prompt that the model learned captions under", Assert.Throws<ArgumentException>(() => EvaluationProtocol.PaperCoco.PromptFor()).Message);
    }

    [Theory]
    [InlineData("paper_coco", """{"images":[{"filename":"a","split":"train","sentences":[]},{"filename":"b","split":"test","sentences":[]}]}""", 1)]
    [InlineData("vqa_rad_test", """[{"qid":1,"image_name":"a","question":"q","answer":"x","phrase_type":"test_para"},{"qid":2,"image_name":"a","question":"q","answer":"x","phrase_type":"para"}]""", 1)]
    [InlineData("slake_test", """[{"qid":1,"img_name":"a","question":"q","answer":"x","q_lang":"en"},{"qid":2,"img_name":"a","question":"q","answer":"x","q_lang":"zh"}]""", 1)]
    [InlineData("coco2017_cap_val", """{"images":[{"id":1,"file_name":"a"},{"id":2,"file_name":"b"}]}""", 2)]
    public void A_protocol_reads_the_part_and_the_language_that_it_scores(string name, string content, int rows)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Equal(rows, Data.DataTest.Count(EvaluationProtocol.Find(name).Load(new MLContext().VisionLanguage().Data, path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_unknown_name_lists_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => EvaluationProtocol.Find("coco"));
        Assert.StartsWith("There is no protocol 'coco'. There are: coco_karpathy_test, ", error.Message);
        Assert.Equal(EvaluationProtocol.All.Count, EvaluationProtocol.All.Select(protocol => protocol.Name).Distinct().Count());
    }
}
