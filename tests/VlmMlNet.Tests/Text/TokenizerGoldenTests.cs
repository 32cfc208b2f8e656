using System.Text.Json;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

/// <summary>The reference tokenizer's ids, through both kinds of files.</summary>
public sealed class TokenizerGoldenTests(TokenizerGoldenTests.Tokenizers tokenizers) : IClassFixture<TokenizerGoldenTests.Tokenizers>
{
    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.json")]
    [InlineData("written")]
    public void Ids_and_decoded_text_are_those_of_the_reference(string files)
    {
        VlmTokenizer tokenizer = tokenizers.Get(files);
        int cases = 0;
        foreach (JsonElement item in ReadArray("golden_ids.json"))
        {
            string text = item.GetProperty("text").GetString()!;
            int[] ids = Ids(item);
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(item.GetProperty("decode").GetString(), tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(item.GetProperty("decode_skip_special").GetString(), tokenizer.Decode(ids));
            Assert.Equal(item.GetProperty("tokens").EnumerateArray().Select(token => tokenizer.TokenToId(token.GetString()!)), ids.Select(id => (int?)id));
            cases++;
        }
        Assert.True(cases > 50);
        Assert.Equal(151669, tokenizer.VocabularySize);
        Assert.Equal((151643, 151644, 151645), (tokenizer.EndOfTextId, tokenizer.ImStartId, tokenizer.ImEndId));
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.json")]
    public void Chats_are_rendered_and_encoded_as_by_the_reference(string files)
    {
        var template = new ChatTemplate(tokenizers.Get(files));
        foreach (JsonElement item in ReadArray("golden_chat.json"))
        {
            ChatMessage[] messages = [.. item.GetProperty("messages").EnumerateArray()
                .Select(message => new ChatMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!))];
            bool addGenerationPrompt = item.GetProperty("add_generation_prompt").GetBoolean();
            Assert.Equal(item.GetProperty("rendered").GetString(), template.Render(messages, addGenerationPrompt));
            Assert.Equal(Ids(item), template.Encode(messages, addGenerationPrompt, imageTokenCount: 0).TokenIds);
        }
    }

    private static JsonElement[] ReadArray(string name) =>
        [.. JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "tokenizer", name))).RootElement.EnumerateArray()];

    private static int[] Ids(JsonElement item) => [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Each kind is loaded once.</summary>
    public sealed class Tokenizers : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("vlm-tokenizer-").FullName;
        private readonly Dictionary<string, VlmTokenizer> _loaded = [];

        public VlmTokenizer Get(string files)
        {
            string golden = SharedData.Path("golden", "tokenizer");
            if (!_loaded.TryGetValue(files, out VlmTokenizer? tokenizer))
            {
                if (files == "vocab.json")
                {
                    foreach (string name in (string[])["vocab.json", "merges.txt", "tokenizer_config.json"])
                        File.Copy(Path.Combine(golden, name), Path.Combine(_folder, name));
                }
                tokenizer = files == "written" ? VlmTokenizer.FromJson(Get("tokenizer.json").ToJson(), files)
                    : VlmTokenizer.Load(files == "vocab.json" ? _folder : golden);
                _loaded[files] = tokenizer;
            }
            return tokenizer;
        }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
