using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

/// <summary>Captions of every odd kind score as the metrics' definitions say.</summary>
public sealed class PlainCaptionMetricsTests
{
    private static readonly string[] s_words = ["a", "a", "the", "dog", "cat", "red", "on", "on", "grass", "sand", "two", "isn't", "T-shirt.", "3.5", "U.S.", "café", "犬", "!", "\"", "(x)", "-"];
    private static readonly string[] s_odd = ["", ".", "... !!!", "?", "  ", "\"\"", "犬", "🐶", "½", "a", "A.", "\u00A0", "(", "''"];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 10)]
    [InlineData(6, 40)]
    [InlineData(7, 40)]
    public void Random_captions(int seed, int images)
    {
        var random = new Random(seed);
        string Caption() => random.Next(5) == 0 ? s_odd[random.Next(s_odd.Length)] : string.Join(' ', Enumerable.Range(0, random.Next(1, random.Next(8) == 0 ? 90 : 12)).Select(_ => s_words[random.Next(s_words.Length)]));
        string[][] references = [.. Enumerable.Range(0, images).Select(_ => Enumerable.Range(0, random.Next(1, 8)).Select(_ => Caption()).ToArray())];
        string[] captions = [.. references.Select(texts => random.Next(3) == 0 ? texts[random.Next(texts.Length)] : Caption())];
        if (images > 2)
            (references[1], captions[1]) = (references[0], captions[0]);    // the same image twice
        Check(captions, references);
    }

    [Fact]
    public void Captions_that_say_nothing() => Check([null, "", "...", " \t"], [["a dog"], ["", "."], ["!!!"], ["a cat on grass"]]);

    [Fact]
    public void One_image_with_one_word() => Check(["dog"], [["dog"]]);

    [Fact]
    public void Images_that_are_all_the_same() => Check(["a red dog", "a red dog"], [["a red dog"], ["a red dog"]]);

    private static void Check(string?[] captions, string[][] references)
    {
        CaptionMetrics found = CaptionScorer.Score(captions, references);
        var plain = new PlainCaptionMetrics(captions, references);
        double[][] bleu = plain.Bleu();
        Close([.. plain.Cider(plain: false), plain.Cider(plain: false).Average()], [.. found.PerImage.Select(s => s.Cider), found.Cider]);
        Close([.. plain.Cider(plain: true), plain.Cider(plain: true).Average()], [.. found.PerImage.Select(s => s.CiderPlain), found.CiderPlain]);
        Close([.. plain.RougeL(), plain.RougeL().Average()], [.. found.PerImage.Select(s => s.RougeL), found.RougeL]);
        Close(bleu[0], [.. found.PerImage.Select(s => s.Bleu1), found.Bleu1]);
        Close(bleu[1], [.. found.PerImage.Select(s => s.Bleu2), found.Bleu2]);
        Close(bleu[2], [.. found.PerImage.Select(s => s.Bleu3), found.Bleu3]);
        Close(bleu[3], [.. found.PerImage.Select(s => s.Bleu4), found.Bleu4]);
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-9, $"{i}: {expected[i]} by the definition, {actual[i]} here.");
    }
}
