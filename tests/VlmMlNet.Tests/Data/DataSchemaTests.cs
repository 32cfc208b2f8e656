using Microsoft.ML;
using NJsonSchema;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Llava;

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
    [InlineData("""[{"conversations":[{"from":"human","value":"q"},{"from":"assistant","value":"a"}]}]""", true)]
    [InlineData("""[{"conversations":[{"from":"human","value":"q"},{"from":"narrator","value":"a"}]}]""", false)]
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

    [Theory]
    [InlineData("""{"images":[],"dataset":"coco"}""", true)]
    [InlineData("""{"images":[{"filepath":"val2014","filename":"a.jpg","imgid":0,"cocoid":1,"split":"restval","sentences":[{"raw":"x","tokens":["x"]}]}]}""", true)]
    [InlineData("""{"images":[{"filename":"a.jpg","sentences":[]}]}""", true)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("""{"images":[{"sentences":[]}]}""", false)]
    [InlineData("""{"images":[{"filename":"a.jpg"}]}""", false)]
    [InlineData("""{"images":[{"filename":"a.jpg","sentences":[{}]}]}""", false)]
    [InlineData("""{"images":[{"filename":7,"sentences":[]}]}""", false)]
    [InlineData("""{"images":[{"filename":"a.jpg","filepath":null,"sentences":[]}]}""", false)]
    public async Task Karpathy(string json, bool valid)
    {
        Assert.Equal(valid, (await Schema("karpathy.schema.json")).Validate(json).Count == 0);
        Check(Catalog.LoadKarpathy(Write("a.json", json)), valid);
    }

    [Theory]
    [InlineData("[]", true)]
    [InlineData("""[{"qid":1,"image_name":"a","question":"q","answer":3,"answer_type":"CLOSED ","question_type":"PRES","phrase_type":"para"}]""", true)]
    [InlineData("""[{"qid":"1","image_name":"a","question":"q","answer":"x"}]""", true)]
    [InlineData("""[{"image_name":"a","question":"q","answer":"x"}]""", false)]
    [InlineData("""[{"qid":1,"question":"q","answer":"x"}]""", false)]
    [InlineData("""[{"qid":1,"image_name":"a","answer":"x"}]""", false)]
    [InlineData("""[{"qid":1,"image_name":"a","question":"q"}]""", false)]
    [InlineData("""[{"qid":1,"image_name":"a","question":"q","answer":null}]""", false)]
    [InlineData("""[{"qid":1,"image_name":"a","question":"q","answer":"x","answer_type":null}]""", false)]
    public async Task Vqa_rad_and_slake(string json, bool valid)
    {
        Assert.Equal(valid, (await Schema("vqa-rad.schema.json")).Validate(json).Count == 0);
        Check(Catalog.LoadVqaRad(Write("a.json", json)), valid);
        string slake = json.Replace("image_name", "img_name", StringComparison.Ordinal);
        Assert.Equal(valid, (await Schema("slake.schema.json")).Validate(slake).Count == 0);
        Check(Catalog.LoadSlake(Write("b.json", slake)), valid);
    }

    [Theory]
    [InlineData("""{"data_subtype":"val2014","questions":[]}""", """{"annotations":[]}""", true, true)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""", """{"annotations":[{"question_id":1,"image_id":2,"answers":[{"answer":"a","answer_id":1}],"answer_type":"other","question_type":"what","multiple_choice_answer":"a"}]}""", true, true)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2}]}""", """{"annotations":[]}""", false, true)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":"1","image_id":2,"question":"q"}]}""", """{"annotations":[]}""", false, true)]
    [InlineData("""{"questions":null}""", """{"annotations":[]}""", false, true)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""", """{"annotations":[{"question_id":1,"answers":[]}]}""", true, false)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""", """{"annotations":[{"question_id":1}]}""", true, false)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""", """{"annotations":[{"question_id":1,"answers":[{"answer":5}]}]}""", true, false)]
    [InlineData("""{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""", "{}", true, false)]
    public async Task Vqa_v2(string questions, string annotations, bool validQuestions, bool validAnnotations)
    {
        Assert.Equal(validQuestions, (await Schema("vqav2-questions.schema.json")).Validate(questions).Count == 0);
        Assert.Equal(validAnnotations, (await Schema("vqav2-annotations.schema.json")).Validate(annotations).Count == 0);
        Check(Catalog.LoadVqaV2(Write("q.json", questions), Write("a.json", annotations)), validQuestions && validAnnotations);
    }

    [Theory]
    [InlineData("""{"datasets":[{"path":"a.json"}]}""", true)]
    [InlineData("""{"seed":3,"datasets":[{"json_path":"a.json","sampling_strategy":"random:0.5%","weight":0.5,"name":"x","image_folder":"y","split":"all","where":{"Id":"1","ImagePath":["a",2,true]},"bad_rows":"skip"}]}""", true)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"all"}]}""", true)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"end:007"}]}""", true)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("""{"datasets":[]}""", false)]
    [InlineData("""{"datasets":[{}]}""", false)]
    [InlineData("""{"datasets":[{"path":""}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","json_path":"a.json"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","weight":0}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","weight":"1"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","split":"dev"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"first:0"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"first:0.0%"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"first:-1"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","sampling_strategy":"any:1"}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","where":{"Id":{}}}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","where":{"Id":null}}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","bad_rows":true}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json","other":1}]}""", false)]
    [InlineData("""{"datasets":[{"path":"a.json"}],"seed":1.5}""", false)]
    public async Task Recipe(string json, bool valid)
    {
        Write("a.json", $$"""[{"id":"1","image":"a","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""");
        Assert.Equal(valid, (await Schema("recipe.schema.json")).Validate(json).Count == 0);
        string path = Write("recipe.json", json);
        if (valid)
            Catalog.LoadRecipe(path);
        else
            Assert.Throws<MalformedInputException>(() => Catalog.LoadRecipe(path));
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
