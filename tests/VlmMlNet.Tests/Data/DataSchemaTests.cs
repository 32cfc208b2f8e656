using Microsoft.ML;
using NJsonSchema;
using VlmMlNet.Data;

namespace VlmMlNet.Tests.Data;

/// <summary>The schemas in data-schemas/ and the readers accept and refuse the same files.</summary>
public class DataSchemaTests : DataTest
{
    private const string Turns = """[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]""";

    [Theory]
    [InlineData("[]", true)]
    [InlineData($$"""[{"id":"1","conversations":{{Turns}}}]""", true)]
    [InlineData($$"""[{"id":1,"image":null,"conversations":{{Turns}},"model":"x"}]""", true)]
    [InlineData($$"""[{"id":null,"image":"","conversations":{{Turns}}}]""", true)]
    [InlineData("""[{"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""", true)]
    [InlineData("""[{"image":["a.jpg"],"conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""", true)]
    [InlineData($$"""[{"image":[],"conversations":{{Turns}}}]""", true)]
    [InlineData("{}", false)]
    [InlineData("[5]", false)]
    [InlineData("[{}]", false)]
    [InlineData($$"""[{"id":true,"conversations":{{Turns}}}]""", false)]
    [InlineData($$"""[{"image":5,"conversations":{{Turns}}}]""", false)]
    [InlineData($$"""[{"image":{},"conversations":{{Turns}}}]""", false)]
    [InlineData("""[{"image":["a.jpg","b.jpg"],"conversations":[{"from":"human","value":"<image><image>"},{"from":"gpt","value":"a"}]}]""", false)]
    [InlineData("""[{"conversations":null}]""", false)]
    [InlineData("""[{"conversations":[]}]""", false)]
    [InlineData("""[{"conversations":[{"from":"human","value":"q"}]}]""", false)]
    [InlineData("""[{"conversations":[{"from":"human","value":"q"},{"from":"gpt"}]}]""", false)]
    [InlineData("""[{"conversations":[{"from":"human","value":"q"},{"value":"a"}]}]""", false)]
    [InlineData("""[{"conversations":[{"from":"human","value":"q"},{"from":"assistant","value":"a"}]}]""", false)]
    [InlineData("""[{"conversations":[{"from":"human","value":["q"]},{"from":"gpt","value":"a"}]}]""", false)]
    public async Task Llava(string json, bool valid)
    {
        Assert.Equal(valid, (await Schema("llava.schema.json")).Validate(json).Count == 0);
        Check(Catalog.LoadLlava(Write("a.json", json)), valid);
    }

    [Theory]
    [InlineData("""{"images":[]}""", true)]
    [InlineData("""{"info":{},"images":[{"id":1,"file_name":"1.jpg","height":2,"width":3}],"licenses":[],"annotations":[{"id":2,"image_id":1,"caption":"x"}]}""", true)]
    [InlineData("""{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1,"caption":"x"}]}""", true)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("""{"annotations":[]}""", false)]
    [InlineData("""{"images":null}""", false)]
    [InlineData("""{"images":[7]}""", false)]
    [InlineData("""{"images":[{"id":"1","file_name":"1.jpg"}]}""", false)]
    [InlineData("""{"images":[{"id":1.5,"file_name":"1.jpg"}]}""", false)]
    [InlineData("""{"images":[{"id":1}]}""", false)]
    [InlineData("""{"images":[{"file_name":"1.jpg"}]}""", false)]
    [InlineData("""{"images":[],"annotations":{}}""", false)]
    [InlineData("""{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1}]}""", false)]
    [InlineData("""{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"caption":"x"}]}""", false)]
    [InlineData("""{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1,"caption":null}]}""", false)]
    [InlineData("""{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1,"id":"7","caption":"x"}]}""", false)]
    public async Task Coco_captions(string json, bool valid)
    {
        Assert.Equal(valid, (await Schema("coco-captions.schema.json")).Validate(json).Count == 0);
        Check(Catalog.LoadCocoCaptions(Write("a.json", json)), valid);
    }

    [Fact]
    public async Task What_the_writers_write_is_valid()
    {
        using (var writer = new LlavaJsonWriter(InFolder("a.json")))
        {
            writer.Write("1", "a.png", ["<image>\nq", "a"]);
            writer.Write("2", null, ["q", "a"]);
        }
        using (var writer = new CocoCaptionsJsonWriter(InFolder("b.json")))
            writer.Write(1, "a.png", 2, 3, ["x", "y"]);
        Assert.Empty((await Schema("llava.schema.json")).Validate(await File.ReadAllTextAsync(InFolder("a.json"), TestContext.Current.CancellationToken)));
        Assert.Empty((await Schema("coco-captions.schema.json")).Validate(await File.ReadAllTextAsync(InFolder("b.json"), TestContext.Current.CancellationToken)));
    }

    private static void Check(IDataView data, bool valid)
    {
        if (valid)
            Count(data);
        else
            Bad(data);
    }

    private static async Task<JsonSchema> Schema(string name)
    {
        string path = RepositoryFiles.Path("data-schemas", name);
        return await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(path));
    }
}
