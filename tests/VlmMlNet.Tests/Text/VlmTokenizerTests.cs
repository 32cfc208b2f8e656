using System.Text.Json.Nodes;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Tests.Text;

public sealed class VlmTokenizerTests
{
    private static readonly VlmTokenizer s_tokenizer = TinyTokenizer.Create("a b", "ab c", "\u0120 \u0120", "b c", "\u0120 a");

    [Fact]
    public void Pairs_merge_in_the_order_of_the_list_and_only_within_words()
    {
        Assert.Equal([257], s_tokenizer.Encode("abc"));
        Assert.Equal([259], s_tokenizer.Encode("bc"));
        Assert.Equal([257, ' ', 256], s_tokenizer.Encode("abc ab"));
        Assert.Equal([260, ' ', 259], s_tokenizer.Encode(" a bc"));
        Assert.Equal(['a', '1', 'b'], s_tokenizer.Encode("a1b"));
        Assert.Empty(s_tokenizer.Encode(""));
    }

    [Fact]
    public void Ids_and_sizes_are_those_of_the_file()
    {
        Assert.Equal(264, s_tokenizer.VocabularySize);
        Assert.Equal((261, 262, 263), (s_tokenizer.EndOfTextId, s_tokenizer.ImStartId, s_tokenizer.ImEndId));
        Assert.Equal(257, s_tokenizer.TokenToId("abc"));
        Assert.Equal(32, s_tokenizer.TokenToId("\u0120"));
        Assert.Equal(262, s_tokenizer.TokenToId("<|im_start|>"));
        Assert.Null(s_tokenizer.TokenToId("abcd"));
        Assert.True(s_tokenizer.IsSpecial(262));
        Assert.False(s_tokenizer.IsSpecial(257));
        Assert.False(s_tokenizer.IsSpecial(-1));
    }

    [Theory]
    [InlineData("I'm you'RE he'\u017F it's", "I|'m| you|'RE| he|'\u017F| it|'s")] // U+017F is a long s
    [InlineData("x'\u017Fabc", "x|'\u017F|abc")]
    [InlineData("a1b23 \u0663\u2167\u00BD", "a|1|b|2|3| |\u0663|\u2167|\u00BD")]
    [InlineData("a   b \n\n  c\t\td  ", "a|  | b| \n\n| | c|\t|\td|  ")]
    [InlineData("hi!!\r\n\r\nyou ...", "hi|!!\r\n\r\n|you| ...")]
    [InlineData("\U0001D400\U0001D401 \U0001D7CF\U0001D7D0x", "\U0001D400\U0001D401| |\U0001D7CF|\U0001D7D0|x")]
    [InlineData("!\U00020000\U00020001?\U0001F600\U0001F600a", "!\U00020000\U00020001|?\U0001F600\U0001F600|a")]
    [InlineData("\u4E2D\u6587\uFF0C\u597D\u3000\u597D", "\u4E2D\u6587|\uFF0C\u597D|\u3000\u597D")]
    [InlineData("a\u0301b \U0001F468\u200D\U0001F469", "a|\u0301b| \U0001F468\u200D\U0001F469")]
    public void Words_are_split_as_by_the_reference_expression(string text, string expected) =>
        Assert.Equal(expected.Split('|'), s_tokenizer.Words(text));

    [Fact]
    public void Letters_are_normalised_before_they_are_split()
    {
        Assert.Equal([0xC3, 0xA9], s_tokenizer.Encode("e\u0301"));
        Assert.Equal("\u00E9", s_tokenizer.Decode(s_tokenizer.Encode("e\u0301")));
        Assert.Equal([0xEA, 0xB0, 0x81], s_tokenizer.Encode("\u1100\u1161\u11A8"));
    }

    [Fact]
    public void Lone_surrogates_count_as_replacement_characters()
    {
        Assert.Equal(s_tokenizer.Encode("a\uFFFDb\uFFFD\uFFFD"), s_tokenizer.Encode("a\uD800b\uDC00\uD83D"));
        Assert.Equal(s_tokenizer.Encode("\uFFFD\U0001F600"), s_tokenizer.Encode("\uD83D\U0001F600"));
    }

    [Fact]
    public void Special_tokens_in_text_are_parsed_or_taken_literally()
    {
        Assert.Equal(['x', 263, 'y'], s_tokenizer.Encode("x<|im_end|>y"));
        int[] literal = s_tokenizer.Encode("x<|im_end|>y", allowSpecialTokens: false);
        Assert.DoesNotContain(263, literal);
        Assert.Equal("x<|im_end|>y", s_tokenizer.Decode(literal));
        Assert.Equal("<|im_end", s_tokenizer.Decode(s_tokenizer.Encode("<|im_end")));
        Assert.Equal([263, 263], s_tokenizer.Encode("<|im_end|><|im_end|>"));
    }

    [Fact]
    public void Decoding_leaves_special_tokens_out_and_replaces_what_is_not_utf8()
    {
        Assert.Equal("ab", s_tokenizer.Decode([262, 256, 263]));
        Assert.Equal("<|im_start|>ab<|im_end|>", s_tokenizer.Decode([262, 256, 263], skipSpecialTokens: false));
        Assert.Equal("\uFFFD", s_tokenizer.Decode([0xF0, 0x9F, 0x98]));
        Assert.Equal("\uFFFDa\uFFFD\uFFFD", s_tokenizer.Decode([0xF0, 0x9F, 'a', 0xFF, 0x80]));
        Assert.Equal("\U0001F600", s_tokenizer.Decode([0xF0, 0x9F, 0x98, 0x80]));
        Assert.Equal("", s_tokenizer.Decode([]));
        Assert.Equal("ab", s_tokenizer.Decode([ImageToken.Id, 'a', 99_999, 'b', -100]));
    }

    [Fact]
    public void Flags_of_added_tokens_are_honoured()
    {
        JsonObject json = TinyTokenizer.Json();
        JsonArray added = json["added_tokens"]!.AsArray();
        added.Add(TinyTokenizer.Added(259, "<l>", lstrip: true));
        added.Add(TinyTokenizer.Added(260, "<r>", special: false, rstrip: true));
        added.Add(TinyTokenizer.Added(261, "whole", singleWord: true));
        added.Add(TinyTokenizer.Added(262, "e\u0301e\u0301", special: false, normalized: true));
        added.Add(TinyTokenizer.Added(263, "<|im_end|>>"));
        VlmTokenizer tokenizer = TinyTokenizer.From(json);

        Assert.Equal(['a', 259, ' ', 'b'], tokenizer.Encode("a \n <l> b"));
        Assert.Equal(['a', ' ', 260, 'b'], tokenizer.Encode("a <r> \t b"));
        Assert.Equal([260, 259, 'x'], tokenizer.Encode("<r>  <l>x")); // white space is swallowed once
        Assert.Equal([261, '!', 261], tokenizer.Encode("whole!whole"));
        Assert.DoesNotContain(261, tokenizer.Encode("wholes awhole _whole whole\u0301"));
        Assert.Equal([262], tokenizer.Encode("\u00E9\u00E9")); // searched for in normalised text
        Assert.Equal([262], tokenizer.Encode("e\u0301\u00E9"));
        Assert.Equal([263], tokenizer.Encode("<|im_end|>>")); // the longest of those that begin at a place
        Assert.Equal([258, '<'], tokenizer.Encode("<|im_end|><"));
        Assert.False(tokenizer.IsSpecial(260));
        Assert.Equal([260], tokenizer.Encode("<r>", allowSpecialTokens: false)); // not special: still recognised
        Assert.Equal("<r>", tokenizer.Decode([259, 260]));
    }

    [Fact]
    public void Text_without_added_tokens_in_between_is_one_piece_for_the_expression()
    {
        // Special tokens taken literally must not cut the words around them.
        Assert.Equal(s_tokenizer.Encode("a<|im_end|").Length + 1, s_tokenizer.Encode("a<|im_end|>", allowSpecialTokens: false).Length);
    }

    [Fact]
    public void Other_byte_level_tokenizers_are_read_too()
    {
        JsonObject json = TinyTokenizer.Json("\u0120 a");
        json["normalizer"] = null;
        json["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""");
        VlmTokenizer tokenizer = TinyTokenizer.From(json);
        Assert.Equal([256, 'e', 0xCC, 0x81], tokenizer.Encode("ae\u0301"));
        Assert.Equal(["ab", " 12", "  ", " !?"], tokenizer.Words("ab 12   !?"));

        json["pre_tokenizer"] = JsonNode.Parse("""
            {"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"Split","pattern":{"String":"."},"behavior":"Removed","invert":false},
            {"type":"Split","pattern":{"Regex":"\\p{Lu}|\\p{Ll}+"},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
            """);
        Assert.Equal(["A", "bc", " ", "1", "2", "\U0001D400", "\U0001D41A\U0001D41B", "x"], TinyTokenizer.From(json).Words("Abc 12.\U0001D400\U0001D41A\U0001D41B.x"));
    }

    [Fact]
    public void Bytes_that_the_vocabulary_lacks_are_dropped_or_become_the_unknown_token()
    {
        JsonObject json = TinyTokenizer.Json("a b");
        json["model"]!["vocab"]!.AsObject().Remove("q");
        string word = new string('a', LongWordEncoder.Threshold) + "qqb";
        Assert.Equal([256], TinyTokenizer.From(json).Encode("aqqb"));
        Assert.Equal(256, TinyTokenizer.From(json).Encode(word)[^1]);
        json["model"]!["unk_token"] = "?";
        Assert.Equal(['a', '?', '?', 'b'], TinyTokenizer.From(json).Encode("aqqb"));
        Assert.Equal(['a', '?', '?', 'b'], TinyTokenizer.From(json).Encode(word)[^4..]);
    }

    [Fact]
    public void A_very_long_word_gets_the_ids_that_the_engine_gives()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 400, MinimumFrequency = 1 }.TrainOn(["abab abba bababa aabb aaaa abbbab ababab bbbb", "aaab bbba \u4E2D\u6587\u4E2D"]);
        var random = new Random(5);
        var ids = new List<int>();
        for (int length = 1; length < 300; length++)
        {
            string word = string.Concat(Enumerable.Range(0, length).Select(_ => "ab\u4E2D"[random.Next(3)]));
            ids.Clear();
            tokenizer.LongWords.Encode(word, ids);
            Assert.Equal(tokenizer.Encode(word), ids);
        }
        string text = "ab " + new string('a', 60_000) + " ab!";
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(tokenizer.Encode("ab"), tokenizer.Encode(text)[..tokenizer.Encode("ab").Length]);
    }

    [Fact]
    public void Many_threads_may_use_one_tokenizer()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"abc ab{i} <|im_end|> e\u0301 \U0001D400 {new string('b', i)}")];
        int[][] expected = [.. texts.Select(text => s_tokenizer.Encode(text))];
        VlmTokenizer fresh = VlmTokenizer.FromJson(s_tokenizer.ToJson(), "again");
        Parallel.For(0, 2000, i =>
        {
            int[] ids = fresh.Encode(texts[i % texts.Length]);
            Assert.Equal(expected[i % texts.Length], ids);
            Assert.Equal(s_tokenizer.Decode(ids), fresh.Decode(ids));
        });
    }
}
