using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Data.Scenes;

public sealed class SceneBalanceTests(ScenesFixture scenes) : IClassFixture<ScenesFixture>
{
    [Fact]
    public void No_answer_is_given_to_a_fourth_of_the_questions()
    {
        string[] answers = [.. scenes.TestQuestions.Select(row => row.Turns[1].Value)];
        Assert.Equal(150 * 4, answers.Length);
        Assert.True(answers.CountBy(answer => answer).Max(pair => pair.Value) < 0.2 * answers.Length);
    }

    [Fact]
    public void Yes_and_no_are_equally_frequent()
    {
        Dictionary<string, int> answers = scenes.TestQuestions.Where(row => row.QuestionType == "exists").CountBy(row => row.Turns[1].Value).ToDictionary();
        Assert.Equal(["no", "yes"], answers.Keys.Order());
        Assert.InRange(answers["yes"] - answers["no"], -1, 1);
        Assert.InRange(answers["yes"], 30, 120);
    }

    [Theory]
    [InlineData("color", 0.25)]
    [InlineData("shape", 0.25)]
    [InlineData("count", 0.55)]
    [InlineData("position", 0.3)]
    [InlineData("size", 0.55)]
    [InlineData("relation", 0.25)]
    [InlineData("object", 0.15)]
    public void Within_a_type_no_answer_dominates(string type, double most)
    {
        string[] answers = [.. scenes.TestQuestions.Where(row => row.QuestionType == type).Select(row => row.Turns[1].Value)];
        Assert.True(answers.Length >= 20, $"{answers.Length} questions");
        Assert.InRange(answers.CountBy(answer => answer).Max(pair => pair.Value) / (double)answers.Length, 0, most);
    }

    [Fact]
    public void One_caption_for_all_pictures_scores_little_and_people_agree_far_better()
    {
        IReadOnlyList<string>[] references = [.. ScenesFixture.ReadCoco(scenes.Dataset.TestCaptionsFile)
            .GroupBy(row => row.Image).Select(rows => (IReadOnlyList<string>)rows.Select(row => row.Caption).ToArray())];
        CaptionMetrics metrics = CaptionScorer.Score([.. references.Select(texts => texts[0])], references);
        Assert.True(metrics.ReferenceCeiling > 6 * metrics.BestConstantCaption.Cider, $"{metrics.ReferenceCeiling} against {metrics.BestConstantCaption}");
    }

    [Fact]
    public void Answers_are_one_or_two_words()
    {
        Assert.All(scenes.TestQuestions, row => Assert.InRange(row.Turns[1].Value.Split(' ').Length, 1, 2));
    }

    [Fact]
    public void A_question_is_asked_once_per_conversation()
    {
        Assert.All(scenes.Instructions, row =>
        {
            string[] questions = [.. row.Turns.Where((_, i) => i % 2 == 0).Select(turn => turn.Value.Replace("<image>\n", "", StringComparison.Ordinal))];
            Assert.Equal(questions.Distinct(), questions);
        });
    }
}
