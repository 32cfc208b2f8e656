using System.Text.Json;
using VlmMlNet.Evaluation;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

public sealed class CaptionScorerTests
{
    private static readonly string[][] s_references =
    [
        ["a red ball on grass", "the red ball lies on grass"],
        ["a blue cube on sand", "there is a blue cube on sand"],
        ["two green cones in water", "a pair of green cones in deep water"],
    ];

    [Fact]
    public void A_caption_equal_to_its_only_reference_scores_the_maximum()
    {
        string[] captions = [.. s_references.Select(references => references[0])];
        CaptionMetrics metrics = CaptionScorer.Score(captions, [.. captions.Select(caption => (string[])[caption])]);
        Assert.Equal(10, metrics.Cider, 9);
        Assert.Equal(10, metrics.CiderPlain, 9);
        Assert.Equal(1, metrics.Bleu1, 6);
        Assert.Equal(1, metrics.Bleu4, 6);
        Assert.Equal(1, metrics.RougeL, 12);
        Assert.Equal(3, metrics.ImageCount);
    }

    [Fact]
    public void Nothing_in_common_scores_nothing()
    {
        CaptionMetrics metrics = CaptionScorer.Score(["x y z w", "x y z w", ""], s_references);
        Assert.Equal(0, metrics.Cider);
        Assert.Equal(0, metrics.RougeL);
        Assert.True(metrics.Bleu1 < 1e-9);
    }

    [Fact]
    public void CIDEr_of_one_word_is_as_computed_by_hand()
    {
        // Three images of one distinct word each: weights log 3; no bigrams, so that all lengths are 0.
        CaptionMetrics metrics = CaptionScorer.Score(["dog", "dog", "fish fish"], [["dog"], ["cat"], ["fish"]]);
        Assert.Equal(10.0 / 4, metrics.PerImage[0].Cider, 12);
        Assert.Equal(0, metrics.PerImage[1].Cider);
        // Counted once of two, norm 2 log 3 against log 3, one bigram against none: 1/2 exp(-1/72).
        Assert.Equal(10.0 / 4 * 0.5 * Math.Exp(-1.0 / 72), metrics.PerImage[2].Cider, 12);
        Assert.Equal(10.0 / 4, metrics.PerImage[2].CiderPlain, 12);
    }

    [Fact]
    public void A_word_of_every_image_has_no_weight()
    {
        CaptionMetrics metrics = CaptionScorer.Score(["the", "the"], [["the dog"], ["the cat"]]);
        Assert.Equal(0, metrics.Cider);
    }

    [Fact]
    public void One_image_has_CIDEr_zero() => Assert.Equal(0, CaptionScorer.Score(["a dog"], [["a dog"]]).Cider);

    [Fact]
    public void BLEU_is_as_computed_by_hand()
    {
        // Three of four words and one of three pairs, against the closer reference of five words.
        CaptionMetrics metrics = CaptionScorer.Score(["the cat sat quietly"], [["the cat was sat there", "one two three four five six seven"]]);
        double penalty = Math.Exp(1 - 5.0 / 4);
        Assert.Equal(penalty * 3 / 4, metrics.Bleu1, 6);
        Assert.Equal(penalty * Math.Sqrt(3.0 / 4 * 1 / 3), metrics.Bleu2, 6);
        Assert.Equal(metrics.PerImage[0].Bleu2, metrics.Bleu2);
    }

    [Fact]
    public void BLEU_takes_the_shorter_of_two_references_equally_close()
    {
        Assert.Equal(1, CaptionScorer.Score(["a b c"], [["a b c d", "a b"]]).Bleu1, 6);
    }

    [Fact]
    public void ROUGE_takes_the_best_precision_and_the_best_recall()
    {
        // Common subsequences: 2 of 3 with "a b x y z" (recall 2/5) and 1 with "c" (recall 1).
        CaptionMetrics metrics = CaptionScorer.Score(["a b c"], [["a b x y z", "c"]]);
        double precision = 2.0 / 3, recall = 1;
        Assert.Equal((1 + 1.44) * precision * recall / (recall + 1.44 * precision), metrics.RougeL, 12);
    }

    [Fact]
    public void ROUGE_of_long_captions_crosses_the_words_of_a_bit_row()
    {
        string[] words = [.. Enumerable.Range(0, 200).Select(i => $"w{i % 90}")];
        string[] others = [.. words.Where((_, i) => i % 3 != 0)];
        var table = new int[words.Length + 1, others.Length + 1];
        for (int i = 1; i <= words.Length; i++)
        {
            for (int j = 1; j <= others.Length; j++)
                table[i, j] = words[i - 1] == others[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        }
        double precision = (double)table[words.Length, others.Length] / words.Length;
        double recall = (double)table[words.Length, others.Length] / others.Length;
        double expected = 2.44 * precision * recall / (recall + 1.44 * precision);
        Assert.Equal(expected, CaptionScorer.Score([string.Join(' ', words)], [[string.Join(' ', others)]]).RougeL, 12);
    }

    [Fact]
    public void Two_empty_texts_are_alike_to_ROUGE_alone()
    {
        CaptionMetrics metrics = CaptionScorer.Score(["", null], [["..."], ["a dog"]]);
        Assert.Equal(1, metrics.PerImage[0].RougeL);
        Assert.Equal(0, metrics.PerImage[0].Bleu1);
        Assert.Equal(0, metrics.PerImage[1].RougeL);
    }

    [Fact]
    public void The_ceiling_compares_each_reference_with_the_others()
    {
        CaptionMetrics metrics = CaptionScorer.Score(["", "", ""], s_references);
        // With two references each, either is scored against the other: both ways the same.
        string[] first = [.. s_references.Select(references => references[0])];
        Assert.True(metrics.ReferenceCeiling > 0);
        Assert.Equal(0, metrics.Cider);
        CaptionMetrics same = CaptionScorer.Score(first, [.. first.Select(text => (string[])[text, text])]);
        Assert.Equal(10, same.ReferenceCeiling, 9);
        Assert.True(double.IsNaN(CaptionScorer.Score(first, [.. first.Select(text => (string[])[text])]).ReferenceCeiling));
    }

    [Fact]
    public void The_best_constant_caption_is_the_one_that_exhaustive_scoring_finds()
    {
        var random = new Random(5);
        string[] words = ["a", "a", "dog", "cat", "red", "blue", "on", "on", "grass", "sand", "two", "the"];
        string Caption() => string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)]));
        string[][] references = [.. Enumerable.Range(0, 40).Select(_ => (string[])[.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Caption())])];

        ConstantCaption best = CaptionScorer.Score(new string[40], references).BestConstantCaption;
        double Constant(string text) => CaptionScorer.Score([.. Enumerable.Repeat(text, 40)], references).Cider;
        Assert.Equal(Constant(best.Text), best.Cider, 12);
        Assert.Equal(references.SelectMany(texts => texts).Max(Constant), best.Cider, 12);
    }

    [Fact]
    public void A_bootstrap_interval_holds_the_score_and_repeats_with_its_seed()
    {
        string[] captions = ["a red ball on sand", "a cube", "two green cones in water"];
        CaptionMetrics metrics = CaptionScorer.Score(captions, s_references);
        CaptionConfidence confidence = metrics.Bootstrap(resamples: 500, seed: 3);
        Assert.Equal(confidence, metrics.Bootstrap(resamples: 500, seed: 3));
        Assert.NotEqual(confidence, metrics.Bootstrap(resamples: 500, seed: 4));
        foreach ((ConfidenceInterval interval, double score) in new[]
        {
            (confidence.Cider, metrics.Cider), (confidence.CiderPlain, metrics.CiderPlain), (confidence.RougeL, metrics.RougeL),
            (confidence.Bleu1, metrics.Bleu1), (confidence.Bleu2, metrics.Bleu2), (confidence.Bleu4, metrics.Bleu4),
        })
        {
            Assert.InRange(score, interval.Lower, interval.Upper);
            Assert.True(interval.Lower < interval.Upper);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.Bootstrap(resamples: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.Bootstrap(level: 1));
    }

    [Fact]
    public void An_image_without_references_is_an_error_that_names_its_row()
    {
        var error = Assert.Throws<MalformedInputException>(() => CaptionScorer.Score(["a", "b"], [["a"], []]));
        Assert.Equal("evaluated captions, row 1: the image has no reference caption. Every row needs at least one.", error.Message);
    }

    [Fact]
    public void No_images_are_an_error()
    {
        var error = Assert.Throws<MalformedInputException>(() => CaptionScorer.Score([], []));
        Assert.Equal("evaluated captions: there are no rows. Check the filter or the split that the data came from.", error.Message);
        Assert.Throws<ArgumentException>(() => CaptionScorer.Score(["a"], []));
    }

    [Fact]
    public void Golden_scores_are_the_reference_implementations()
    {
        using JsonDocument data = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "gen200-clean.captions.json")));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "gen200-clean.scores.json")));
        string[][] references = [.. data.RootElement.GetProperty("gts").EnumerateObject().Select(image => Texts(image.Value))];
        string[] captions = [.. data.RootElement.GetProperty("res").EnumerateObject().Select(image => Texts(image.Value)[0])];
        CaptionMetrics metrics = CaptionScorer.Score(captions, references);

        JsonElement total = golden.RootElement.GetProperty("total");
        Assert.Equal(total.GetProperty("CIDEr").GetDouble(), metrics.Cider, 1e-9);
        Assert.Equal(total.GetProperty("CIDEr_plain_vrama91").GetDouble(), metrics.CiderPlain, 1e-9);
        Assert.Equal(total.GetProperty("Bleu_1").GetDouble(), metrics.Bleu1, 1e-9);
        Assert.Equal(total.GetProperty("Bleu_2").GetDouble(), metrics.Bleu2, 1e-9);
        Assert.Equal(total.GetProperty("Bleu_3").GetDouble(), metrics.Bleu3, 1e-9);
        Assert.Equal(total.GetProperty("Bleu_4").GetDouble(), metrics.Bleu4, 1e-9);
        Assert.Equal(total.GetProperty("ROUGE_L").GetDouble(), metrics.RougeL, 1e-9);

        JsonElement[] images = [.. golden.RootElement.GetProperty("perImage").EnumerateArray()];
        Assert.Equal(images.Length, metrics.ImageCount);
        for (int i = 0; i < images.Length; i++)
        {
            CaptionScore score = metrics.PerImage[i];
            Assert.Equal(images[i].GetProperty("CIDEr").GetDouble(), score.Cider, 1e-9);
            Assert.Equal(images[i].GetProperty("CIDEr_plain_vrama91").GetDouble(), score.CiderPlain, 1e-9);
            Assert.Equal(images[i].GetProperty("Bleu_1").GetDouble(), score.Bleu1, 1e-9);
            Assert.Equal(images[i].GetProperty("Bleu_2").GetDouble(), score.Bleu2, 1e-9);
            Assert.Equal(images[i].GetProperty("Bleu_3").GetDouble(), score.Bleu3, 1e-9);
            Assert.Equal(images[i].GetProperty("Bleu_4").GetDouble(), score.Bleu4, 1e-9);
            Assert.Equal(images[i].GetProperty("ROUGE_L").GetDouble(), score.RougeL, 1e-9);
        }
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];
}
