using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Properties and turns that change what a row means: read, or refused by name.</summary>
public sealed class RowMeaningTests : CaptionParquetFiles
{
    private const string Turns = """{"from":"human","value":"<image>\nWhat?"},{"from":"gpt","value":"This."}""";

    [Theory]
    [InlineData("""{"video":"a.mp4","conversations":[{"from":"human","value":"<video>\nWhat happens?"},{"from":"gpt","value":"rain"}]}""", "a video")]
    [InlineData("""{"conversations":[{"from":"human","value":"What happens?\n<video>"},{"from":"gpt","value":"rain"}]}""", "a video")]
    [InlineData("""{"conversations":[{"from":"human","value":"<video> What happens?"},{"from":"gpt","value":"rain"}]}""", "a video")]
    [InlineData("""{"videos":["a.mp4"],"conversations":[{"from":"human","value":"What happens?"},{"from":"gpt","value":"rain"}]}""", "a video")]
    [InlineData("""{"audio":{"path":"a.wav"},"conversations":[{"from":"human","value":"What is said?"},{"from":"gpt","value":"rain"}]}""", "a sound recording")]
    [InlineData("""{"conversations":[{"from":"human","value":"<audio>\nWhat is said?"},{"from":"gpt","value":"rain"}]}""", "a sound recording")]
    [InlineData("""{"tools":"[{\"name\":\"f\"}]","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""", "tools that the assistant may call")]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","tool_calls":[{"name":"f"}]}]}""", "tools that the assistant may call")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"video","video":"a.mp4"},{"type":"text","text":"q"}]},{"role":"assistant","content":"a"}]}""", "a video")]
    [InlineData("""{"image":"a.jpg","chosen":{"from":"gpt","value":"x"},"rejected":{"from":"gpt","value":"y"},"conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}""", "a preference among answers")]
    [InlineData("""{"image":"a.jpg","video":"a.mp4","caption":"rain"}""", "a video")]
    public void What_is_not_read_is_refused_by_name(string row, string what)
    {
        bool isCaption = row.Contains("caption", StringComparison.Ordinal);
        string path = Write("a.json", $$"""[{"image":"a.jpg",{{(isCaption ? "\"caption\":\"c\"" : $"\"conversations\":[{Turns}]")}}},{{row}}]""");
        Assert.Contains($": this row is about {what} (line 1, ", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([$"{InFolder("a.jpg")}"], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Image"));
        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
        Assert.Equal((1, 1, 1L), (found.Rows, found.BadRows, found.Problems[0].Row!.Value));
    }

    [Theory]
    [InlineData("""{"video":null,"audio":"","tools":"[]","videos":[],"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""")]
    [InlineData("""{"source":"x","conversations":[{"from":"human","value":"How do I use the <video> tag in a page?"},{"from":"gpt","value":"Write this:\n<video>\n  <source src=\"a.mp4\">\n</video>"}]}""")]
    public void Empty_properties_and_talk_of_HTML_are_no_videos(string row)
    {
        string path = Write("a.json", $"[{row}]");
        Assert.Equal(1, Count(Catalog.Load(path)));
        Assert.True(Catalog.Validate(path).IsValid);
    }

    [Theory]
    [InlineData("""{"image":"a.jpg","conversations":[{"from":"system","value":"Be brief."},{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}]}""", "Be brief.")]
    [InlineData("""{"image":"a.jpg","system":"Be brief.","conversations":[{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}]}""", "Be brief.")]
    [InlineData("""{"conversations":[{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}],"images":["a.jpg"],"system_prompt":"Be brief."}""", "Be brief.")]
    [InlineData("""{"image":["a.jpg"],"conversations":[{"from":"gpt","value":"Hello."},{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}]}""", "")]
    [InlineData("""{"image":"a.jpg","conversations":[{"from":"user","value":"<image>\nq"},{"from":"assistant","value":"a"}]}""", "")]
    [InlineData("""{"images":["a.jpg"],"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"<image>\nq"},{"role":"assistant","content":"a"}]}""", "Be brief.")]
    [InlineData("""{"images":["a.jpg"],"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""", "")]
    [InlineData("""{"images":["a.jpg"],"messages":[{"role":"user","content":[{"type":"image"},{"type":"text","text":"q"}]},{"role":"assistant","content":[{"type":"text","text":"a"}]}]}""", "")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","image":"a.jpg"},{"type":"text","text":"q"}]},{"role":"assistant","content":"a"}]}""", "")]
    [InlineData("""{"images":["a.jpg"],"texts":[{"user":"q","assistant":"a","source":"s"}]}""", "")]
    public void The_relatives_of_LLaVAs_rows_are_read(string row, string system)
    {
        foreach (string path in new[] { Write("a.json", $"[{row}]"), Write("a.jsonl", row + "\n") })
        {
            IDataView data = Catalog.Load(path, out DataFormat format);
            Assert.Equal(DataFormat.LlavaJson, format);
            Assert.Equal([["<image>\nq", "a"]], Texts(data, "Conversation"));
            Assert.Equal([InFolder("a.jpg")], Text(data, "Image"));
            Assert.Equal([system], Text(data, "SystemPrompt"));
            DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
            Assert.True(found.IsValid, string.Join('\n', found.Problems));
        }
    }

    [Theory]
    [InlineData("""{"image":["a.jpg","b.jpg"],"conversations":[{"from":"human","value":"<image><image>"},{"from":"gpt","value":"a"}]}""", "the row has more than 1 image, 2, and a model is shown one")]
    [InlineData("""{"image":"a.jpg","images":["b.jpg"],"conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}""", "the row names other pictures in two places")]
    [InlineData("""{"system":"x","conversations":[{"from":"system","value":"y"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""", "the row has two texts of the system")]
    [InlineData("""{"conversations":[{"from":"human","value":"q"},{"from":"system","value":"y"},{"from":"gpt","value":"a"}]}""", "turn 1 is from 'system'")]
    [InlineData("""{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}],"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""", "the row has two conversations, the second 'messages'")]
    public void What_cannot_be_meant_is_a_bad_row(string row, string problem)
    {
        string path = Write("a.json", $$"""[{"image":"a.jpg","conversations":[{{Turns}}]},{{row}}]""");
        Assert.StartsWith($"{path}, row 1: {problem} (line 1, byte ", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip })));
        Assert.Equal(1, Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None }).BadRows);
    }

    [Fact]
    public void What_the_system_says_takes_the_place_of_the_templates_words()
    {
        string path = Write("a.json", """[{"system":"Be brief.","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]},{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}]""");
        string recipe = Write("r.yaml", "datasets:\n  - path: a.json\n");
        foreach (IDataView data in new[] { Catalog.Load(path), Catalog.Load(recipe) })
        {
            var examples = Context.VisionLanguage().ReadExamples([data]).Read().ToList();
            Assert.Equal([("system", "Be brief."), ("user", "q"), ("assistant", "a")], examples[0].Messages.Select(m => (m.Role, m.Content)));
            Assert.Equal(["user", "assistant"], examples[1].Messages.Select(m => m.Role));
        }
    }

    [Fact]
    public void Stages_say_that_a_model_is_shown_one_picture()
    {
        string path = Write("a.json", $$"""[{"image":"a.jpg","conversations":[{{Turns}}]}]""");
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { MaxImages = 2 });
        Assert.StartsWith("Column 'Image' has several pictures in a row, and a model is shown one. Read the data with one (LlavaOptions.MaxImages)",
            Assert.Throws<ArgumentOutOfRangeException>(() => Context.VisionLanguage().ReadExamples([data])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_parquet_that_are_not_read_are_refused_where_they_hold_something()
    {
        string path = WriteParquet("a.parquet", [Talk(video: "a.mp4"), Talk(system: "Be brief."), Talk(tools: "[]"), Talk(tools: "[{}]")]);
        var bad = new BadRowList();
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Equal(["Be brief.", ""], Text(data, "SystemPrompt"));
        Assert.Equal([(0L, "the row has 'video': this row is about a video"), (3, "the row has 'tools': this row is about tools that the assistant may call")], bad.First.Select(b => (b.Row, b.Problem)));
    }

    private static TalkRow Talk(string? video = null, string? system = null, string? tools = null) => new()
    {
        video = video,
        system = system,
        tools = tools,
        conversations = [new() { from = "human", value = "q" }, new() { from = "gpt", value = "a" }],
    };

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class TalkRow
    {
        public string? video { get; set; }

        public string? system { get; set; }

        public string? tools { get; set; }

        public List<LlavaParquetTests.Turn>? conversations { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
