using System.Text;
using System.Text.Json;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Tests.Text;

public sealed class BpeTrainerTests
{
    private static readonly string[] s_texts = ["low low low low low", "lower lower newest newest newest newest newest newest", "widest widest widest"];

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_of_equals_the_one_with_smaller_ids()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 256 + 3 + 6 }.TrainOn(s_texts);
        // "es" and "st" occur 9 times, "lo" and "ow" 7, "ne" and "ew" 6.
        Assert.Equal(["e s", "es t", "l o", "lo w", "e w", "n ew"], Merges(tokenizer));
        Assert.Equal(265, tokenizer.VocabularySize);
        Assert.Equal((262, 263, 264), (tokenizer.EndOfTextId, tokenizer.ImStartId, tokenizer.ImEndId));
    }

    [Fact]
    public void Merges_are_those_of_counting_anew_after_each()
    {
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => string.Concat(Enumerable.Range(0, 40).Select(k => "ab ca"[(i * i + 3 * k * k + (i * k)) % 5])))];
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 256 + 3 + 150, MinimumFrequency = 1 }.TrainOn(texts);
        Assert.Equal(Naive(tokenizer, texts, 150), Merges(tokenizer));
    }

    [Fact]
    public void The_same_texts_give_the_same_bytes_in_any_order()
    {
        var trainer = new BpeTrainer { VocabularySize = 290 };
        ReadOnlyMemory<byte> json = trainer.TrainOn(s_texts).ToJson();
        Assert.True(json.Span.SequenceEqual(trainer.TrainOn(s_texts.Reverse()).ToJson().Span));
    }

    [Fact]
    public void Training_stops_where_no_pair_is_frequent_enough()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 5000 }.TrainOn(["ab ab", "xyz"]);
        Assert.Equal(["a b"], Merges(tokenizer));
        Assert.Equal(256 + 1 + 3, tokenizer.VocabularySize);
        Assert.Equal(259, new BpeTrainer().TrainOn([]).VocabularySize);
    }

    [Fact]
    public void What_was_never_seen_can_be_encoded_all_the_same()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 270 }.TrainOn(s_texts);
        const string Text = "\u4E2D\u6587 \U0001F600 \u0001 lowest\r\n<|im_end|";
        Assert.Equal(Text, tokenizer.Decode(tokenizer.Encode(Text)));
    }

    [Fact]
    public void Text_is_normalised_and_repaired_as_in_encoding()
    {
        var trainer = new BpeTrainer { VocabularySize = 260 };
        Assert.Equal(Merges(trainer.TrainOn(["\u00E9\u00E9"])), Merges(trainer.TrainOn(["e\u0301\u00E9"])));
        Assert.Equal(Merges(trainer.TrainOn(["\uFFFD\uFFFD"])), Merges(trainer.TrainOn(["\uD800\uDC00\uFFFD\uD800".Remove(1, 1)])));
    }

    [Fact]
    public void Special_tokens_stand_behind_the_vocabulary_in_their_order()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 300, SpecialTokens = ["<|im_start|>", "<pic>", "<|im_end|>", "<|endoftext|>"] }.TrainOn(s_texts);
        int first = tokenizer.ImStartId;
        Assert.Equal((first + 1, first + 2, first + 3), (tokenizer.TokenToId("<pic>")!.Value, tokenizer.ImEndId, tokenizer.EndOfTextId));
        Assert.True(tokenizer.IsSpecial(first + 1));
    }

    [Fact]
    public void Progress_is_told_and_training_can_be_cancelled()
    {
        var reports = new List<BpeTrainingProgress>();
        string text = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"word{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}x"));
        new BpeTrainer { VocabularySize = 1000, MinimumFrequency = 1 }.Train([text], new Collector(reports), TestContext.Current.CancellationToken);
        Assert.True(reports.Count >= 2);
        Assert.Equal(reports[^1].TargetMerges, reports[^1].Merges);
        Assert.Throws<OperationCanceledException>(() => new BpeTrainer().Train(s_texts, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Options_that_cannot_be_met_are_errors()
    {
        Assert.Equal("VocabularySize is 258, but must be from 259 (256 bytes and 3 special tokens) to 4194304.", Error(new BpeTrainer { VocabularySize = 258 }));
        Assert.Equal("SpecialTokens lacks '<|im_end|>', which the chat template needs.", Error(new BpeTrainer { SpecialTokens = ["<|endoftext|>", "<|im_start|>"] }));
        Assert.Equal("MinimumFrequency is 0, but must be at least 1.", Error(new BpeTrainer { MinimumFrequency = 0 }));
        Assert.Equal("SpecialTokens holds a token twice.", Error(new BpeTrainer { SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_end|>"] }));
        Assert.StartsWith("The special token 'x' is too short", Error(new BpeTrainer { SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "x"] }));
    }

    private static string Error(BpeTrainer trainer) => Assert.Throws<ArgumentException>(() => trainer.TrainOn(s_texts)).Message;

    private static string[] Merges(VlmTokenizer tokenizer) =>
        [.. JsonDocument.Parse(tokenizer.ToJson()).RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)];

    /// <summary>The textbook algorithm: count all pairs, merge the best everywhere, repeat.</summary>
    private static List<string> Naive(VlmTokenizer splitter, string[] texts, int count)
    {
        List<List<string>> words = [.. texts.SelectMany(splitter.Words)
            .Select(word => Encoding.UTF8.GetBytes(word).Select(value => ByteAlphabet.Character(value).ToString()).ToList())];
        var order = new Dictionary<string, int>();
        foreach (char character in Enumerable.Range(0, 256).Select(value => ByteAlphabet.Character((byte)value)).Order())
            order[character.ToString()] = order.Count;
        var merges = new List<string>();
        while (order.Count < 256 + count)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair)
                .OrderByDescending(group => group.Count()).ThenBy(group => order[group.Key.First]).ThenBy(group => order[group.Key.Second]).FirstOrDefault();
            if (best is null)
                break;
            (string left, string right) = best.Key;
            merges.Add($"{left} {right}");
            order.TryAdd(left + right, order.Count);
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] = left + right;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }
        return merges;
    }

    private sealed class Collector(List<BpeTrainingProgress> reports) : IProgress<BpeTrainingProgress>
    {
        public void Report(BpeTrainingProgress value) => reports.Add(value);
    }
}
