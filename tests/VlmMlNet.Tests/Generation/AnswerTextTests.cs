using System.Text;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Generation.Sampling;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Generation;

public sealed class AnswerTextTests
{
    private static readonly VlmTokenizer s_tokenizer = TinyModel.Tokenizer;

    // One token for each byte: characters and stop sequences are spread over tokens as far as can be.
    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => Enumerable.Range(0, s_tokenizer.VocabularySize)
        .First(id => s_tokenizer.Bytes(id, true) is [var only] && only == b))];

    private static (List<string> Pieces, string Whole, int Used) Run(int[] tokens, params string[] stops)
    {
        var text = new AnswerText(s_tokenizer, new StopSequences(stops));
        var pieces = new List<string>();
        int used = 0;
        foreach (int token in tokens)
        {
            used++;
            bool stopped = text.Append(token);
            pieces.Add(text.Take());
            if (stopped)
                break;
        }
        text.Complete();
        pieces.Add(text.Take());
        Assert.Equal("", text.Take());
        return (pieces, text.ToString(), used);
    }

    [Theory]
    [InlineData("cb", "b")]
    [InlineData("b", "cb")]
    public void Of_stop_sequences_that_are_complete_at_once_the_longest_is_cut(string one, string other)
    {
        var (_, whole, used) = Run(Bytes("acbd"), one, other);
        Assert.Equal(("a", 3), (whole, used));
    }

    [Fact]
    public void Pieces_are_whole_characters_and_together_the_text()
    {
        const string Text = "  grün 🍎\n 漢字 \t";
        var (pieces, whole, _) = Run(Bytes(Text));
        Assert.Equal(Text.Trim(), whole);
        Assert.Equal(whole, string.Concat(pieces));
        Assert.All(pieces, p => Assert.DoesNotContain('\uFFFD', p));
        Assert.All(pieces, p => Assert.Equal(p, VlmTokenizer.ReplaceLoneSurrogates(p)));
        Assert.Equal(s_tokenizer.Decode(Bytes(Text)).Trim(), whole);
    }

    [Fact]
    public void Half_a_character_at_the_end_is_a_replacement_character_as_in_the_whole()
    {
        int[] tokens = [.. Bytes("ab🍎")[..^1]];
        var (pieces, whole, _) = Run(tokens);
        Assert.Equal(s_tokenizer.Decode(tokens).Trim(), whole);
        Assert.Equal(whole, string.Concat(pieces));
        Assert.Equal("ab", string.Concat(pieces[..^1]));
    }

    [Theory]
    [InlineData("a red car. And", "a red car", ".")]
    [InlineData("a red car. And", "", "a")]
    [InlineData("aab aaab", "aab", "aaab")]
    [InlineData("abcab", "a", "bca", "xyz")]
    [InlineData("aabaaabaaac", "aaba", "aabaaac")] // behind six letters that match, two more beginnings are tried
    [InlineData("one\n\ntwo", "one", "\n\n")]
    [InlineData("no stop here", "no stop here", "stops")]
    [InlineData("ends in st", "ends in st", "stop")]
    [InlineData("🍎 and 🍏 end", "🍎 and", "🍏")]
    [InlineData("xabcd", "xa", "abcde", "bc")] // the first that is complete counts
    [InlineData("xabcd", "x", "abc", "bc")] // of those complete together the longest
    public void Stop_sequences_end_the_text_wherever_tokens_begin(string text, string expected, params string[] stops)
    {
        foreach (int[] tokens in new[] { Bytes(text), s_tokenizer.Encode(text) })
        {
            var (pieces, whole, _) = Run(tokens, stops);
            Assert.Equal(expected, whole);
            Assert.Equal(expected, string.Concat(pieces));
        }
    }

    [Fact]
    public void Any_bytes_give_the_text_that_they_give_at_once()
    {
        var random = new Random(2);
        byte[] likely = [0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x8D, 0x8E, 0x80, 0xED, 0xA0, 0xF4, 0x90, 0xFF, 0xC0];
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => likely[random.Next(likely.Length)])];
            int[] tokens = [.. bytes.Select(b => Enumerable.Range(0, s_tokenizer.VocabularySize).First(id => s_tokenizer.Bytes(id, true) is [var only] && only == b))];
            var (pieces, whole, _) = Run(tokens);
            Assert.Equal(Encoding.UTF8.GetString(bytes).Trim(), whole);
            Assert.Equal(whole, string.Concat(pieces));
        }
    }

    [Fact]
    public void Any_text_and_stops_agree_with_a_search_character_by_character()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            string Make(int length) => new([.. Enumerable.Range(0, length).Select(_ => "ab "[random.Next(3)])]);
            string text = Make(random.Next(1, 20));
            string[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random.Next(1, 6)))];
            string expected = text;
            for (int end = 1; end <= text.Length && expected == text; end++)
                if (stops.Where(s => text[..end].EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length) is { } found)
                {
                    expected = text[..(end - found.Length)];
                    break;
                }
            var (pieces, whole, _) = Run(Bytes(text), stops);
            Assert.Equal(expected.Trim(), whole);
            Assert.Equal(whole, string.Concat(pieces));
        }
    }

    [Fact]
    public void Special_tokens_leave_no_text_and_a_cleared_text_begins_anew()
    {
        var text = new AnswerText(s_tokenizer, new StopSequences(["ab"]));
        text.Append(Bytes("a")[0]);
        text.Clear();
        text.Append(s_tokenizer.ImEndId);
        Assert.False(text.Append(Bytes("b")[0]));
        text.Complete();
        Assert.Equal("b", text.ToString());
    }
}
