using System.Text.Json;
using System.Text.Json.Nodes;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

public sealed class TokenizerFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_saved_tokenizer_loads_back_equal()
    {
        VlmTokenizer tokenizer = new BpeTrainer { VocabularySize = 300 }.TrainOn(["a red kite, a red kite \u00E9 \u4E2D\u6587 \u4E2D\u6587"]);
        string folder = Path.Combine(_folder, "new", "folder");
        tokenizer.Save(folder);
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        VlmTokenizer loaded = VlmTokenizer.Load(folder);
        Assert.True(tokenizer.ToJson().Span.SequenceEqual(loaded.ToJson().Span));
        Assert.Equal(tokenizer.Encode("a red \u4E2D kite<|im_end|>"), loaded.Encode("a red \u4E2D kite<|im_end|>"));
        loaded.Save(folder);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void Everything_in_tokenizer_json_is_written_back()
    {
        JsonObject json = TinyTokenizer.Json("a b", "ab c");
        json["truncation"] = JsonNode.Parse("""{"direction":"Right","max_length":512,"strategy":"LongestFirst","stride":0}""");
        json["added_tokens"]!.AsArray().Add(TinyTokenizer.Added(300, "<x y>", special: false, normalized: true, lstrip: true, rstrip: true, singleWord: true));
        json["model"]!["unk_token"] = "ab";
        json["model"]!["fuse_unk"] = true;
        json["model"]!["ignore_merges"] = false;
        JsonNode written = JsonNode.Parse(TinyTokenizer.From(json).ToJson().Span)!;
        Assert.True(JsonNode.DeepEquals(json, written), written.ToJsonString());
    }

    [Fact]
    public void Merges_may_be_pairs_or_lines()
    {
        JsonObject json = TinyTokenizer.Json("a b", "ab c");
        json["model"]!["merges"] = JsonNode.Parse("""[["a","b"],["ab","c"]]""");
        Assert.True(TinyTokenizer.From(json).ToJson().Span.SequenceEqual(TinyTokenizer.Create("a b", "ab c").ToJson().Span));
    }

    [Fact]
    public void The_written_configuration_holds_added_tokens_and_a_chat_template()
    {
        TinyTokenizer.Create().Save(_folder);
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "tokenizer_config.json")))!;
        Assert.Equal("<|im_end|>", (string?)configuration["eos_token"]);
        Assert.Equal("<|endoftext|>", (string?)configuration["pad_token"]);
        Assert.Equal("<|im_start|>", (string?)configuration["added_tokens_decoder"]!["257"]!["content"]);
        Assert.Contains("'<|im_start|>' ~ message.role ~ '\\n'", (string?)configuration["chat_template"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_was_read_is_written_unchanged_and_its_tokens_count()
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), TinyTokenizer.Json().ToJsonString());
        const string Configuration = """{"model_max_length": 77,  "added_tokens_decoder": {"258": {"content": "<|im_end|>", "special": true}, "259": {"content": "<extra>"}}}""";
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), Configuration);
        VlmTokenizer tokenizer = VlmTokenizer.Load(_folder);
        Assert.Equal([259], tokenizer.Encode("<extra>"));
        tokenizer.Save(Path.Combine(_folder, "copy"));
        Assert.Equal(Configuration, File.ReadAllText(Path.Combine(_folder, "copy", "tokenizer_config.json")));
    }

    [Fact]
    public void Vocabulary_and_merges_get_the_standard_tokens_where_no_others_are_named()
    {
        WriteVocabulary("#version: 0.2\na b\r\nab c\n\n");
        VlmTokenizer tokenizer = VlmTokenizer.Load(_folder);
        Assert.Equal([257, 258, 263], tokenizer.Encode("abc<|endoftext|><|box_start|>"));
        Assert.Equal(258 + 22, tokenizer.VocabularySize);
        Assert.Equal(258 + 21, tokenizer.TokenToId("<|file_sep|>"));
        Assert.True(tokenizer.IsSpecial(tokenizer.TokenToId("<|image_pad|>")!.Value));
        Assert.False(tokenizer.IsSpecial(tokenizer.TokenToId("<tool_call>")!.Value));
        Assert.Equal([0xC3, 0xA9], tokenizer.Encode("e\u0301"));
    }

    [Fact]
    public void Vocabulary_and_merges_take_added_tokens_from_the_files_beside_them()
    {
        WriteVocabulary("a b\nab c\n");
        File.WriteAllText(Path.Combine(_folder, "added_tokens.json"), """{"<|endoftext|>": 300, "<|im_start|>": 301, "<|im_end|>": 302, "<tool_call>": 303, "<mine>": 304, "<plain>": 305}""");
        File.WriteAllText(Path.Combine(_folder, "special_tokens_map.json"), """{"eos_token": {"content": "<|im_end|>"}, "additional_special_tokens": ["<mine>"]}""");
        VlmTokenizer tokenizer = VlmTokenizer.Load(_folder);
        Assert.Equal((300, 301, 302, 306), (tokenizer.EndOfTextId, tokenizer.ImStartId, tokenizer.ImEndId, tokenizer.VocabularySize));
        Assert.Equal([true, false, true, false], ((int[])[302, 303, 304, 305]).Select(tokenizer.IsSpecial));
        Assert.Equal("", tokenizer.Decode([299])); // an id that nothing has

        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"),
            """{"added_tokens_decoder": {"259": {"content": "<|im_end|>", "special": true}, "258": {"content": "<|im_start|>", "special": true}, "260": {"content": "<|endoftext|>", "special": true, "lstrip": true}}}""");
        tokenizer = VlmTokenizer.Load(_folder);
        Assert.Equal((260, 258, 259), (tokenizer.EndOfTextId, tokenizer.ImStartId, tokenizer.ImEndId));
        Assert.Equal(['a', 260], tokenizer.Encode("a <|endoftext|>"));
    }

    [Fact]
    public void Byte_order_marks_are_passed_over()
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), TinyTokenizer.Json().ToJsonString(), new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(259, VlmTokenizer.Load(_folder).VocabularySize);
    }

    [Fact]
    public void Missing_files_are_named_in_full()
    {
        string folder = Path.Combine(_folder, "absent");
        Assert.Equal($"{folder}: there is no tokenizer here: neither tokenizer.json nor vocab.json with merges.txt.", Assert.Throws<FileNotFoundException>(() => VlmTokenizer.Load(folder)).Message);
        WriteVocabulary("");
        File.Delete(Path.Combine(_folder, "merges.txt"));
        Assert.Equal($"{Path.Combine(_folder, "merges.txt")}: the file is missing; vocab.json beside it cannot be used without it.", Assert.Throws<FileNotFoundException>(() => VlmTokenizer.Load(_folder)).Message);
    }

    [Theory]
    [InlineData("merges.txt", "a b\nab\n", ", row 2: 'ab' is not two tokens with a space between them. Download the file again.")]
    [InlineData("merges.txt", "#version: 0.2\na b\na bb\n", ", row 3: the merge 'a bb' needs the token 'bb', which the vocabulary lacks. Use the vocabulary and the merges of one model.")]
    [InlineData("vocab.json", "{\"a\": 0,", ": it is not valid JSON (line 1, byte 8 of the line). Download the file again.")]
    [InlineData("vocab.json", "[]", ": it is not a JSON object of tokens and ids. Use the vocab.json of a Qwen2 model.")]
    [InlineData("vocab.json", "{}", ": the vocabulary is empty. Use the vocab.json of a Qwen2 model.")]
    [InlineData("vocab.json", "{\"a\": 2000000000}", ": the id of token 'a' is not a number from 0 to 4194303. Download the file again.")]
    [InlineData("added_tokens.json", "{\"<x>\": \"1\"}", ": the id of token '<x>' is not a number. Download the file again.")]
    [InlineData("added_tokens.json", "[1]", ": it is not a JSON object. Download the file again.")]
    [InlineData("tokenizer_config.json", "{", ": it is not valid JSON (line 1, byte 2 of the line). Download the file again.")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {}}}", ": 'x' in added_tokens_decoder is not an id. Download the file again.")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"7\": {\"content\": \"\\ud800\"}}}", ": it holds a string that is not valid Unicode. Download the file again.")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"7\": {\"special\": true}}}", ": the added token with id 7 has no content. Download the file again.")]
    public void A_broken_file_is_one_error_that_names_it(string name, string content, string expected)
    {
        WriteVocabulary("a b\n");
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        Assert.Equal(path + expected, Assert.Throws<MalformedInputException>(() => VlmTokenizer.Load(_folder)).Message);
    }

    [Fact]
    public void A_configuration_that_contradicts_tokenizer_json_is_an_error()
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), TinyTokenizer.Json().ToJsonString());
        string path = Path.Combine(_folder, "tokenizer_config.json");
        File.WriteAllText(path, """{"added_tokens_decoder": {"999": {"content": "<|im_end|>"}}}""");
        Assert.Equal($"{path}: the token '<|im_end|>' has the id 999 here, but 258 in tokenizer.json. Use the files of one model.",
            Assert.Throws<MalformedInputException>(() => VlmTokenizer.Load(_folder)).Message);
    }

    [Fact]
    public void A_failed_write_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "tokenizer.json", "in the way"));
        Assert.ThrowsAny<Exception>(() => TinyTokenizer.Create().Save(_folder));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private void WriteVocabulary(string merges)
    {
        JsonNode model = TinyTokenizer.Json("a b", "ab c")["model"]!;
        File.WriteAllText(Path.Combine(_folder, "vocab.json"), model["vocab"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.WriteAllText(Path.Combine(_folder, "merges.txt"), merges);
    }
}
