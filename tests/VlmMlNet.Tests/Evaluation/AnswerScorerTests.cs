using Microsoft.ML;
using VlmMlNet.Evaluation.Answers;

namespace VlmMlNet.Tests.Evaluation;

public sealed class AnswerScorerTests
{
    private static string[] Ten(params (string Answer, int Count)[] answers) =>
        [.. answers.SelectMany(answer => Enumerable.Repeat(answer.Answer, answer.Count))];

    private static AnswerScore Score(string prediction, params string[] answers) =>
        AnswerScorer.Score([prediction], [answers]).PerQuestion[0];

    [Fact]
    public void Accuracy_over_ten_answers_is_as_computed_by_hand()
    {
        Assert.Equal(1, Score("red", Ten(("red", 4), ("blue", 6))).VqaAccuracy, 12);
        // Leaving out one of the three that match leaves two: 2/3; leaving out another leaves three.
        Assert.Equal((3 * 2.0 / 3 + 7) / 10, Score("red", Ten(("red", 3), ("blue", 7))).VqaAccuracy, 12);
        Assert.Equal((2 * 1.0 / 3 + 8 * 2.0 / 3) / 10, Score("red", Ten(("red", 2), ("blue", 8))).VqaAccuracy, 12);
        Assert.Equal(0.9 / 3, Score("red", Ten(("red", 1), ("blue", 9))).VqaAccuracy, 12);
        Assert.Equal(0, Score("green", Ten(("red", 1), ("blue", 9))).VqaAccuracy);
    }

    [Fact]
    public void Answers_are_normalized_only_where_people_disagree()
    {
        Assert.Equal(1, Score("The dog.", Ten(("dog", 9), ("a cat", 1))).VqaAccuracy, 12);
        Assert.Equal(0, Score("The dog.", Ten(("dog", 10))).VqaAccuracy);
        Assert.Equal(1, Score(" The dog.\n", Ten(("The dog.", 10))).VqaAccuracy);
        Assert.Equal(1, Score("The dog.", Ten(("dog", 10))).ExactMatch);
    }

    [Fact]
    public void One_reference_answer_has_no_official_accuracy()
    {
        AnswerMetrics metrics = AnswerScorer.Score(["a dog"], [["dog"]]);
        Assert.True(double.IsNaN(metrics.VqaAccuracy));
        Assert.True(double.IsNaN(metrics.Bootstrap(10).VqaAccuracy.Lower));
        Assert.Equal(1, metrics.ExactMatch);
    }

    [Fact]
    public void Word_scores_are_as_computed_by_hand()
    {
        AnswerScore score = Score("the left upper lobe lobe", "right upper lobe");
        Assert.Equal(0, score.ExactMatch);
        Assert.Equal(2.0 / 3, score.TokenRecall, 12);
        Assert.Equal(2 * (2.0 / 4) * (2.0 / 3) / (2.0 / 4 + 2.0 / 3), score.TokenF1, 12);
        Assert.Equal(2.0 / 4, score.Bleu1, 12);
        Assert.Equal(Math.Exp(1 - 3.0 / 1), Score("lobe", "right upper lobe").Bleu1, 12);
        Assert.Equal(1, Score("lobe", "right upper lobe", "lobe").TokenF1);
        Assert.Equal((0, 0), (Score("", "lobe").TokenF1, Score("", "lobe").Bleu1));
        Assert.Equal(1, Score("the", "a").TokenF1);
    }

    [Fact]
    public void BLEU_1_of_an_answer_takes_the_shorter_of_two_references_equally_close() =>
        Assert.Equal(1.0 / 2, Score("red dog", "red blue cat", "red").Bleu1, 12);

    [Fact]
    public void BLEU_1_of_an_answer_counts_a_word_as_often_as_the_one_reference_that_has_it_oftenest() =>
        Assert.Equal(1.0 / 2, Score("red red", "red dog", "red cat").Bleu1, 12);

    [Fact]
    public void Of_equally_common_texts_the_first_is_the_commonest() =>
        Assert.Equal("b", Commonness.First(["c", "b", "a", "b", "a"]));

    [Theory]
    [InlineData("Yes, it is.", "yes", 1.0)]
    [InlineData("It is not known.", "no", 0.0)]
    [InlineData("no (yes)", "yes", 0.0)]
    [InlineData("'yes'", "Yes", 1.0)]
    [InlineData("", "no", 0.0)]
    public void Yes_and_no_are_whole_words_of_which_the_first_counts(string prediction, string answer, double expected) =>
        Assert.Equal(expected, Score(prediction, answer).YesNo);

    [Fact]
    public void Questions_that_are_not_answered_with_yes_or_no_have_no_such_score()
    {
        AnswerMetrics metrics = AnswerScorer.Score(["yes", "no", "yes"], [["yes"], ["yes"], ["two"]]);
        Assert.Null(metrics.PerQuestion[2].YesNo);
        Assert.Equal(2, metrics.YesNoCount);
        Assert.Equal(0.5, metrics.YesNoAccuracy);
        Assert.True(double.IsNaN(AnswerScorer.Score(["a"], [["b"]]).YesNoAccuracy));
    }

    [Fact]
    public void The_majority_answer_is_scored_on_every_question()
    {
        AnswerMetrics metrics = AnswerScorer.Score(
            ["red", "2"], [Ten(("Yes", 6), ("no", 4)), Ten(("two", 5), ("yes", 2), ("4", 3))]);
        Assert.Equal("yes", metrics.MajorityAnswer.Text);
        Assert.Equal(1, metrics.MajorityAnswer.ExactMatch);
        Assert.Equal((1 + (2 * 1.0 / 3 + 8 * 2.0 / 3) / 10) / 2, metrics.MajorityAnswer.VqaAccuracy, 12);
    }

    [Fact]
    public void Types_come_from_the_answers_or_from_the_data()
    {
        string[] predictions = ["yes", "3", "red", "no"];
        string[][] answers = [["Yes."], ["three"], ["blue"], ["yes"]];
        AnswerMetrics metrics = AnswerScorer.Score(predictions, answers);
        Assert.Equal(["number", "other", "yes/no"], metrics.PerAnswerType.Keys.Order());
        Assert.Equal(0.5, metrics.PerAnswerType["yes/no"].ExactMatch);
        Assert.Equal(2, metrics.PerAnswerType["yes/no"].QuestionCount);
        Assert.Equal(3, metrics.PerAnswerType["yes/no"].PerQuestion[1].Row);
        Assert.Empty(metrics.PerQuestionType);

        metrics = AnswerScorer.Score(predictions, answers, ["CLOSED", null, "OPEN", "CLOSED"], ["organ", "size", "organ", null]);
        Assert.Equal(["CLOSED", "OPEN", "number"], metrics.PerAnswerType.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.5, metrics.PerQuestionType["organ"].ExactMatch);
        Assert.Equal("yes", metrics.PerAnswerType["CLOSED"].MajorityAnswer.Text);
    }

    [Theory]
    [InlineData("lobe", "lobe........................................")]
    [InlineData("lobe........................................", "lobe")]
    public void LLaVA_Med_normalizes_open_answers_twice_but_for_BLEU(string given, string expected)
    {
        // Forty full stops, of which one pass takes thirty-two.
        LlavaMedScores scores = AnswerScorer.Score([given], [[expected]], ["OPEN"]).LlavaMed;
        Assert.Equal((1.0, 1.0, 1.0, 1.0, 0.0), (scores.OpenExactMatch, scores.OpenF1, scores.OpenPrecision, scores.OpenRecall, scores.OpenBleu1));
    }

    [Theory]
    [InlineData("12", "number")]
    [InlineData("2 dogs", "other")]
    [InlineData("", "other")]
    public void A_number_is_an_answer_of_digits_alone(string answer, string type) =>
        Assert.Equal(type, Score("x", answer).AnswerType);

    [Fact]
    public void LLaVA_Med_scores_keep_their_oddities()
    {
        LlavaMedScores scores = AnswerScorer.Score(
            ["It is not known.", "maybe", "the the left lobe lobe", "no idea"],
            [["no"], ["yes"], ["left upper lobe"], ["spleen"]],
            ["CLOSED", "closed", "OPEN", "OPEN"]).LlavaMed;
        Assert.Equal(0.5, scores.ClosedAccuracy);           // 'no' is in 'not known'
        Assert.Equal(2.0 / 3 / 2, scores.OpenExactMatch, 12);   // left, lobe of left lobe lobe
        Assert.Equal(1.0 / 2, scores.OpenPrecision, 12);
        Assert.Equal(3.0 / 4 / 2, scores.OpenRecall, 12);   // lobe twice, upper missing
        Assert.Equal(2 * 0.75 / 1.75 / 2, scores.OpenF1, 12);
        Assert.Equal(2.0 / 3 * Math.Exp(0) / 2, scores.OpenBleu1, 12);
        Assert.True(double.IsNaN(AnswerScorer.Score(["a"], [["b"]]).LlavaMed.ClosedAccuracy));
    }

    [Fact]
    public void A_bootstrap_interval_holds_the_score_and_repeats_with_its_seed()
    {
        AnswerMetrics metrics = AnswerScorer.Score(["a", "b", "c", "d"], [["a", "a"], ["b", "x"], ["y", "z"], ["d", "d"]]);
        AnswerConfidence confidence = metrics.Bootstrap(500, seed: 2);
        Assert.Equal(confidence, metrics.Bootstrap(500, seed: 2));
        Assert.InRange(metrics.ExactMatch, confidence.ExactMatch.Lower, confidence.ExactMatch.Upper);
        Assert.InRange(metrics.VqaAccuracy, confidence.VqaAccuracy.Lower, confidence.VqaAccuracy.Upper);
    }

    [Fact]
    public void Bad_input_is_one_clear_error()
    {
        var error = Assert.Throws<MalformedInputException>(() => AnswerScorer.Score(["a", "b"], [["a"], []]));
        Assert.Equal("evaluated answers, row 1: the question has no reference answer. Every row needs at least one.", error.Message);
        error = Assert.Throws<MalformedInputException>(() => AnswerScorer.Score([], []));
        Assert.Contains("there are no rows", error.Message);
        Assert.Contains("There are 1 predictions for 2 answer types.", Assert.Throws<ArgumentException>(() => AnswerScorer.Score(["a"], [["a"]], ["x", "y"])).Message);
    }

    private sealed class Row
    {
        public string[]? Answers { get; set; }

        public string? Prediction { get; set; }

        public string? Type { get; set; }

        public string? Topic { get; set; }

        public float Number { get; set; }
    }

    [Fact]
    public void Columns_score_like_the_strings_themselves()
    {
        var mlContext = new MLContext(seed: 1);
        Row[] rows =
        [
            new() { Answers = ["yes", "yes", "no"], Prediction = "yes", Type = "CLOSED", Topic = "organ" },
            new() { Answers = ["left lobe", "lobe"], Prediction = "the left lobe", Type = "OPEN", Topic = "place" },
            new() { Answers = ["2"], Prediction = null, Type = "OPEN", Topic = "organ" },
        ];
        IDataView data = mlContext.Data.LoadFromEnumerable(rows);
        AnswerMetrics metrics = mlContext.VisionLanguage().EvaluateAnswers(data, answerTypeColumnName: "Type", questionTypeColumnName: "Topic");
        AnswerMetrics expected = AnswerScorer.Score(
            [.. rows.Select(row => row.Prediction)], [.. rows.Select(row => row.Answers!)], [.. rows.Select(row => row.Type)], [.. rows.Select(row => row.Topic)]);
        Assert.Equal(expected.PerQuestion, metrics.PerQuestion);
        Assert.Equal(2, metrics.PerQuestionType["organ"].QuestionCount);
        Assert.Equal(["place", "organ"], mlContext.VisionLanguage().EvaluateAnswers(data, questionTypeColumnName: "Topic").PerQuestionType.Keys.OrderDescending());
        Assert.Equal(
            "Could not find answer type column 'Nope' (Parameter 'data')",
            Assert.Throws<ArgumentOutOfRangeException>(() => mlContext.VisionLanguage().EvaluateAnswers(data, answerTypeColumnName: "Nope")).Message);
        Assert.Equal(
            "Schema mismatch for prediction column 'Number': expected String, got Single (Parameter 'data')",
            Assert.Throws<ArgumentOutOfRangeException>(() => mlContext.VisionLanguage().EvaluateAnswers(data, predictionColumnName: "Number")).Message);
    }
}
