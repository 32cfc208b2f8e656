using System.Text.Json;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

public sealed class PtbTokenizerTests
{
    [Theory]
    [InlineData("A man, riding a wave!", "a man riding a wave")]
    [InlineData("can't won't ain't cannot gonna lemme", "ca n't wo n't ai n't can not gon na lem me")]
    [InlineData("'tis 'twas o'clock O'Brien d'ye y'all rock'n'roll", "'t is 't was o'clock o'brien d'ye y' all rock 'n' roll")]
    [InlineData("I'm you're they've she'd it's the dogs' '90s", "i 'm you 're they 've she 'd it 's the dogs '90s")]
    [InlineData("don’t “quote” ‘this’", "do n't quote this")]
    [InlineData("\"quoted\" 'single' ''double''", "quoted single double")]
    [InlineData("wait... what -- no --- really", "wait what no really")]
    [InlineData("x-ray mother-in-law under_score and/or", "x-ray mother-in-law under_score and/or")]
    [InlineData("U.S. flag e.g. this at 5 p.m. by Mr. Smith Inc., St. Louis", "u.s. flag e.g. this at 5 p.m. by mr. smith inc. st. louis")]
    [InlineData("No. 5 and no. It is a No.", "no. 5 and no it is a no")]
    [InlineData("costs $5.00 or €7, £5, 50¢, US$3", "costs $ 5.00 or $ 7 # 5 50 cents us$ 3")]
    [InlineData("3,000 1/2 12/25/2015 10:30 -5 .5 1990s 2nd", "3,000 1/2 12/25/2015 10:30 -5 .5 1990s 2nd")]
    [InlineData("½ ¼ ⅛ m² 20°C 50%", "1/2 1/4 ⅛ m ² 20 ° c 50 %")]
    [InlineData("(555) 123-4567", "-lrb-555-rrb-\u00A0123-4567")]
    [InlineData("see http://example.com/a?b=1, www.example.com or user@example.com.", "see http://example.com/a?b=1 www.example.com or user@example.com")]
    [InlineData("@user #tag <b>bold</b> <3 &amp; AT&T &lt;", "@user #tag <b> bold </b> < 3 & at&t <")]
    [InlineData(":) ;-) ^_^", ":-rrb- ;--rrb- ^_^")]
    [InlineData("(a) [b] {c}", "-lrb- a -rrb- -lsb- b -rsb- -lcb- c -rcb-")]
    [InlineData("naïve café dog🐶 一只狗 so\u00ADft", "naïve café dog 一只狗 soft")]
    [InlineData("two  spaces\ttab\u00A0nbsp\nline\r\nbreak", "two spaces tab nbsp line break")]
    [InlineData("İstanbul ΣΑΣ", "i̇stanbul σας")]
    [InlineData("C++ and C# photo.jpg. file", "c++ and c# photo.jpg file")]
    [InlineData("a,b a;b word.word a..b", "a b a b word.word a. b")]
    [InlineData("...", "")]
    [InlineData("", "")]
    public void A_caption_becomes_the_tokens_that_the_treebank_counts(string caption, string expected) =>
        Assert.Equal(expected, PtbTokenizer.Tokenize(caption));

    [Fact]
    public void Captions_given_together_are_the_lines_of_one_text()
    {
        Assert.Equal(["plan b", "the cat"], PtbTokenizer.Tokenize(["plan B.", "The cat"]));
        Assert.Equal(["plan b.", "two cats"], PtbTokenizer.Tokenize(["plan B.", "Two cats"]));
        Assert.Equal(["plan b", "", "the cat"], PtbTokenizer.Tokenize(["plan B.", null, "The cat"]));
    }

    [Fact]
    public void A_non_breaking_space_at_the_end_of_a_line_goes_unless_punctuation_follows()
    {
        Assert.Equal("x http://a.b/c,'s", PtbTokenizer.Tokenize("x http://a.b/c,'s\u00A0"));
        Assert.Equal("x http://a.b/c,'s\u00A0", PtbTokenizer.Tokenize("x http://a.b/c,'s\u00A0,"));
    }

    [Fact]
    public void A_smiley_needs_something_after_it_which_a_line_break_is()
    {
        Assert.Equal("a dog :-rrb-", PtbTokenizer.Tokenize("a dog :)"));
        Assert.Equal(["a dog :-rrb-", "a dog -rrb-"], PtbTokenizer.Tokenize(["a dog :)", "a dog :)"]));
    }

    [Fact]
    public void An_abbreviation_at_the_end_of_a_sentence_gives_its_full_stop_twice() =>
        Assert.Equal(["cats etc. . the dog , inc. , etc. ."], PtbTokenizer.TokenizeWithPunctuation(["cats etc. The dog, Inc., etc."]));

    [Fact]
    public void A_caption_never_runs_into_the_next()
    {
        string?[] captions = ["<a href='x", "y'> b", "c\rd\u2028e", "\"", null, "e\u0085f\u000Bg", "z"];
        IReadOnlyList<string> tokens = PtbTokenizer.Tokenize(captions);
        Assert.Equal(captions.Length, tokens.Count);
        Assert.Equal(["c d e", "", "", "e f g", "z"], tokens.Skip(2));
    }

    [Fact]
    public void Blocks_of_captions_give_what_one_text_gives()
    {
        string[] captions = [.. Enumerable.Range(0, 6000).Select(i => (i % 5) switch
        {
            0 => $"Plan {(char)('A' + i % 26)}.",
            1 => "The dog isn't here, Inc.",
            2 => "",
            3 => "A man's U.S. flag etc.",
            _ => new string('x', i % 97) + " co. No. 5 fig.",
        })];
        IReadOnlyList<string> together = PtbTokenizer.Tokenize(captions);
        for (int i = 0; i < captions.Length - 4; i++)
            Assert.Equal(PtbTokenizer.Tokenize([captions[i], captions[i + 1], captions[i + 2], captions[i + 3], captions[i + 4]])[0], together[i]);
    }

    [Theory]
    [InlineData("a,")]
    [InlineData("a.1")]
    [InlineData("+.")]
    [InlineData("<!x ")]
    [InlineData("<a b='c ")]
    [InlineData("a@.")]
    [InlineData("www.-")]
    [InlineData("www.a/")]
    [InlineData("a.\u00A0")]
    [InlineData("(1-")]
    [InlineData("d'")]
    [InlineData("'")]
    [InlineData("&")]
    [InlineData("x-U.")]
    [InlineData("http:/")]
    public void Time_grows_no_faster_than_the_text(string repeated)
    {
        // Of eight times the text a time that grows with the square is 64 times as long. What else the machine does may spoil a
        // comparison, but not all of them.
        double least = double.PositiveInfinity;
        for (int tries = 0; tries < 20 && least > 24; tries++)
            least = Math.Min(least, Measure(400_000) / Measure(50_000));
        Assert.InRange(least, 0, 24);

        double Measure(int length)
        {
            string caption = string.Concat(Enumerable.Repeat(repeated, length / repeated.Length));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.NotNull(PtbTokenizer.Tokenize(caption));
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public void Golden_captions_have_the_reference_implementations_tokens()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "ptb_tokens.json")));
        JsonElement[] entries = [.. golden.RootElement.EnumerateArray()];
        string[] raw = [.. entries.Select(entry => entry.GetProperty("raw").GetString()!)];
        IReadOnlyList<string> tokens = PtbTokenizer.Tokenize(raw);
        for (int i = 0; i < raw.Length; i++)
        {
            Assert.Equal(entries[i].GetProperty("tokenized").GetString(), tokens[i]);
            Assert.Equal(tokens[i], PtbTokenizer.Tokenize(raw[i]));
        }
    }

    [Fact]
    public void Golden_lines_with_punctuation_are_the_reference_implementations()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "ptb_tokens.json")));
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            string raw = entry.GetProperty("raw").GetString()!;
            string line = entry.GetProperty("ptb_lines").GetString()!;
            // A full stop doubled at a line's end depends on the line that followed.
            string[] either = [PtbTokenizer.TokenizeWithPunctuation([raw, "x y"])[0], PtbTokenizer.TokenizeWithPunctuation([raw, "X y"])[0]];
            Assert.Contains(line, either);
        }
    }

    [Fact]
    public void The_golden_corpus_has_the_reference_implementations_tokens()
    {
        using JsonDocument captions = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "gen200-clean.captions.json")));
        using JsonDocument tokenized = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("metrics", "gen200-clean.tokenized.json")));
        foreach (string part in (string[])["gts", "res"])
        {
            string[] raw = [.. captions.RootElement.GetProperty(part).EnumerateObject().SelectMany(image => image.Value.EnumerateArray()).Select(text => text.GetString()!)];
            string[] expected = [.. tokenized.RootElement.GetProperty(part).EnumerateObject().SelectMany(image => image.Value.EnumerateArray()).Select(text => text.GetString()!)];
            Assert.Equal(expected, PtbTokenizer.Tokenize(raw));
        }
    }
}
