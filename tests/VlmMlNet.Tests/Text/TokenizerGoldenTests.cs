using System.Text.Json;
using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

/// <summary>The reference tokenizer's ids, through both kinds of files: with the part of its vocabulary that the texts can
/// touch, and with all of it where that is at hand.</summary>
public sealed class TokenizerGoldenTests(TokenizerGoldenTests.Tokenizers tokenizers) : IClassFixture<TokenizerGoldenTests.Tokenizers>
{
    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.json")]
    [InlineData("written")]
    public void Ids_and_decoded_text_are_those_of_the_reference(string files)
    {
        Assert.All(GoldenData.Copies("tokenizer"), folder => CheckIds(tokenizers.Get(folder, files)));
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.json")]
    public void Chats_are_rendered_and_encoded_as_by_the_reference(string files)
    {
        Assert.All(GoldenData.Copies("tokenizer"), folder => CheckChats(new ChatTemplate(tokenizers.Get(folder, files))));
    }

    private static void CheckIds(VlmTokenizer tokenizer)
    {
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

    private static void CheckChats(ChatTemplate template)
    {
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
        [.. JsonDocument.Parse(File.ReadAllBytes(GoldenData.Path("tokenizer", name))).RootElement.EnumerateArray()];

    private static int[] Ids(JsonElement item) => [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Each kind of each folder is loaded once.</summary>
    public sealed class Tokenizers : IDisposable
    {
        private readonly List<DirectoryInfo> _copies = [];
        private readonly Dictionary<(string Folder, string Files), VlmTokenizer> _loaded = [];

        public VlmTokenizer Get(string folder, string files)
        {
            if (!_loaded.TryGetValue((folder, files), out VlmTokenizer? tokenizer))
            {
                tokenizer = files switch
                {
                    "written" => VlmTokenizer.FromJson(Get(folder, "tokenizer.json").ToJson(), files),
                    "vocab.json" => VlmTokenizer.Load(CopyWithoutTokenizerJson(folder)),
                    _ => VlmTokenizer.Load(folder),
                };
                _loaded[(folder, files)] = tokenizer;
            }
            return tokenizer;
        }

        public void Dispose() => _copies.ForEach(folder => folder.Delete(recursive: true));

        private string CopyWithoutTokenizerJson(string folder)
        {
            DirectoryInfo copy = Directory.CreateTempSubdirectory("vlm-tokenizer-");
            _copies.Add(copy);
            foreach (string name in (string[])["vocab.json", "merges.txt", "tokenizer_config.json"])
                File.Copy(Path.Combine(folder, name), Path.Combine(copy.FullName, name));
            return copy.FullName;
        }
    }
}
