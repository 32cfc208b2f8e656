using System.Text;
using System.Text.Json.Nodes;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

/// <summary>What a tokenizer.json that cannot be used is called.</summary>
public sealed class TokenizerErrorTests
{
    private const string Use = " Use the tokenizer.json of a Qwen2 model.", UseModel = " Use the tokenizer of a Qwen2 model.", Again = " Download the file again.";

    [Theory]
    [InlineData("", "it is not valid JSON (line 1, byte 1 of the line)." + Again)]
    [InlineData("{\n \"model\": {", "it is not valid JSON (line 2, byte 12 of the line)." + Again)]
    [InlineData("{} x", "it is not valid JSON (line 1, byte 4 of the line)." + Again)]
    [InlineData("[]", "it is not a JSON object." + Use)]
    [InlineData("{}", "it has no 'model'." + Use)]
    [InlineData("{\"model\": 1}", "its 'model' is not an object." + Use)]
    [InlineData("{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", -1.5]]}}", "its model is of type 'Unigram', but only byte-level BPE is supported." + Use)]
    [InlineData("{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 1}}}", "its model is of type 'WordPiece', but only byte-level BPE is supported." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}", "its model has no vocabulary." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}}}", "its model has no merges." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"byte_fallback\": true, \"vocab\": {\"a\": 1}}}", "its model has 'byte_fallback', but only plain byte-level BPE is supported." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", \"vocab\": {\"a\": 1}}}", "its model marks words with 'end_of_word_suffix', but only plain byte-level BPE is supported." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1.5}}}", "the id of token 'a' is not a number from 0 to 4194303." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}", "the id of token 'a' is not a number from 0 to 4194303." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4194304}}}", "the id of token 'a' is not a number from 0 to 4194303." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 1}}}", "it holds a string that is not valid Unicode." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1, \"b\": 1}, \"merges\": []}}", "the tokens 'a' and 'b' have the same id 1." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": [\"a  b\"]}}", "merge 0 is not a pair of tokens." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": [[\"a\"]]}}", "merge 0 is not a pair of tokens." + Again)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}}, \"added_tokens\": {}}", "'added_tokens' is not a list." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}}, \"added_tokens\": [{\"content\": \"x\"}]}", "added token 0 has no id." + Use)]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 1}, \"merges\": []}, \"added_tokens\": [{\"id\": 2147483647, \"content\": \"x\"}]}", "the id 2147483647 of the added token 'x' is not from 0 to 4194303." + Again)]
    public void A_file_that_is_no_byte_level_BPE_is_one_error(string json, string expected) => Assert.Equal("t.json: " + expected, Error(json));

    [Fact]
    public void A_merge_of_unknown_tokens_is_an_error_that_names_it()
    {
        JsonObject json = TinyTokenizer.Json("a b");
        json["model"]!["merges"] = new JsonArray("a b", "ab q", "a zz");
        Assert.Equal("t.json, row 1: the merge 'ab q' needs the token 'abq', which the vocabulary lacks. Use the vocabulary and the merges of one model.", Error(json));
        json["model"]!["merges"] = new JsonArray("a zz");
        Assert.Equal("t.json, row 0: the merge 'a zz' needs the token 'zz', which the vocabulary lacks. Use the vocabulary and the merges of one model.", Error(json));
    }

    [Fact]
    public void Of_equal_merges_the_last_counts()
    {
        JsonObject json = TinyTokenizer.Json("a b", "b c");
        json["model"]!["merges"] = new JsonArray("a b", "b c", "a b");
        Assert.Equal(['a', 257], TinyTokenizer.From(json).Encode("abc"));
    }

    [Fact]
    public void Parts_that_are_not_supported_are_named()
    {
        Assert.Equal("t.json: the normalizer 'Lowercase' is not supported. Only NFC and none are: use the tokenizer of a Qwen2 model.", With("normalizer", """{"type":"Lowercase"}"""));
        Assert.Equal("t.json: the pre-tokenizer has no ByteLevel step, so this is not a byte-level BPE." + UseModel, With("pre_tokenizer", "null"));
        Assert.Equal("t.json: the pre-tokenizer has 'Metaspace', which is not supported." + UseModel, With("pre_tokenizer", """{"type":"Metaspace"}"""));
        Assert.Equal("t.json: the pre-tokenizer has Split with the behavior 'MergedWithNext', which is not supported." + UseModel, With("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"x"},"behavior":"MergedWithNext"}"""));
        Assert.StartsWith("t.json: the pattern '(' of a Split pre-tokenizer cannot be read: ", With("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}"""));
        Assert.Equal("t.json: the pattern of a Split pre-tokenizer is neither a Regex nor a String.", With("pre_tokenizer", """{"type":"Split","pattern":{},"behavior":"Isolated"}"""));
        Assert.Equal("t.json: a Split pre-tokenizer has no pattern.", With("pre_tokenizer", """{"type":"Split","pattern":"x"}"""));
        Assert.Equal("t.json: '7' stands where a step with a 'type' should." + Again, With("pre_tokenizer", """{"type":"Sequence","pretokenizers":[7]}"""));
        Assert.Equal("t.json: the decoder 'Metaspace' is not ByteLevel, so this is not a byte-level BPE." + UseModel, With("decoder", """{"type":"Metaspace"}"""));
    }

    [Fact]
    public void A_tokenizer_without_the_tokens_of_chats_is_an_error()
    {
        JsonObject json = TinyTokenizer.Json();
        json["added_tokens"]!.AsArray().RemoveAt(2);
        Assert.Equal("t.json: the tokenizer has no token '<|im_end|>'. Use the tokenizer of a Qwen2 model, with its added tokens.", Error(json));
    }

    [Fact]
    public void Added_tokens_that_contradict_are_errors()
    {
        JsonObject json = TinyTokenizer.Json("a b");
        json["added_tokens"]!.AsArray().Add(TinyTokenizer.Added(400, "ab"));
        Assert.Equal("t.json: the added token 'ab' has the id 400, but 256 in the vocabulary. Use the files of one model.", Error(json));
        json = TinyTokenizer.Json();
        json["added_tokens"]!.AsArray().Add(TinyTokenizer.Added(257, "<z>"));
        Assert.Equal("t.json: the tokens '<|im_start|>' and '<z>' have the same id 257." + Again, Error(json));
        json = TinyTokenizer.Json();
        json["added_tokens"]!.AsArray().Add(TinyTokenizer.Added(257, "<|im_start|>"));
        Assert.Equal("t.json: the token '<|im_start|>' is added twice. Remove one of the two.", Error(json));
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_one_error()
    {
        byte[] json = TinyTokenizer.Create("a b").ToJson().ToArray();
        for (int length = 0; length < json.Length - 1; length += 97)
        {
            MalformedInputException error = Assert.Throws<MalformedInputException>(() => VlmTokenizer.FromJson(json.AsMemory(0, length), "t.json"));
            Assert.StartsWith("t.json: it is not valid JSON (line ", error.Message);
        }
    }

    private static string With(string part, string value)
    {
        JsonObject json = TinyTokenizer.Json();
        json[part] = JsonNode.Parse(value);
        return Error(json);
    }

    private static string Error(JsonObject json) => Error(json.ToJsonString());

    private static string Error(string json) =>
        Assert.Throws<MalformedInputException>(() => VlmTokenizer.FromJson(Encoding.UTF8.GetBytes(json), "t.json")).Message;
}
