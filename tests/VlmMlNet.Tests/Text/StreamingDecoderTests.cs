using System.Text;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

public sealed class StreamingDecoderTests
{
    private static readonly VlmTokenizer s_tokenizer = TinyTokenizer.Create("a b");

    [Fact]
    public void A_character_is_held_back_until_its_last_byte()
    {
        var decoder = new StreamingDecoder(s_tokenizer);
        Assert.Equal("ab", decoder.Append(256));
        Assert.Equal(["", "", "", "\U0001F600"], ((int[])[0xF0, 0x9F, 0x98, 0x80]).Select(decoder.Append));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void An_incomplete_character_ends_as_a_replacement_and_the_decoder_begins_anew()
    {
        var decoder = new StreamingDecoder(s_tokenizer);
        Assert.Equal("", decoder.Append(0xE2));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("a", decoder.Append('a'));
        Assert.Equal("", decoder.Append(0xF0));
        Assert.Equal("\uFFFDa", decoder.Append('a'));
    }

    [Fact]
    public void Special_tokens_are_left_out_or_shown()
    {
        Assert.Equal("", new StreamingDecoder(s_tokenizer).Append(s_tokenizer.ImEndId));
        Assert.Equal("<|im_end|>", new StreamingDecoder(s_tokenizer, skipSpecialTokens: false).Append(s_tokenizer.ImEndId));
        Assert.Equal("", new StreamingDecoder(s_tokenizer).Append(ImageToken.Id));
    }

    [Fact]
    public void The_parts_are_the_whole_whatever_the_bytes()
    {
        var random = new Random(11);
        for (int round = 0; round < 2000; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4) == 0 ? random.Next(260) : random.Next(0x80, 0x100))];
            bool skip = round % 2 == 0;
            var decoder = new StreamingDecoder(s_tokenizer, skip);
            var text = new StringBuilder();
            foreach (int id in ids)
                text.Append(decoder.Append(id));
            text.Append(decoder.Flush());
            Assert.Equal(s_tokenizer.Decode(ids, skip), text.ToString());
        }
    }
}
