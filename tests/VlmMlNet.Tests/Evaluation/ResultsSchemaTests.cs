using NJsonSchema;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet.Tests.Evaluation;

/// <summary>The schemas in data-schemas/ and the reader of results accept and refuse the same files.</summary>
public sealed class ResultsSchemaTests
{
    [Theory]
    [InlineData("""[]""", true)]
    [InlineData("""[{"ID": 1, "TEXT": "a"}]""", true)]
    [InlineData("""[{"TEXT": "a", "ID": "x.jpg", "score": [1]}]""", true)]
    [InlineData("""[{"ID": 1, "TEXT": 2}]""", true)]
    [InlineData("""{}""", false)]
    [InlineData("""[[]]""", false)]
    [InlineData("""[{"ID": 1}]""", false)]
    [InlineData("""[{"TEXT": "a"}]""", false)]
    [InlineData("""[{"ID": 1, "TEXT": null}]""", false)]
    [InlineData("""[{"ID": 1, "TEXT": ["a"]}]""", false)]
    [InlineData("""[{"ID": true, "TEXT": "a"}]""", false)]
    public async Task A_file_is_valid_by_the_schema_where_the_reader_takes_it(string json, bool valid)
    {
        await Check("coco-results.schema.json", ResultsFile.Captions, json.Replace("ID", "image_id").Replace("TEXT", "caption"), valid);
        await Check("vqa-results.schema.json", ResultsFile.Answers, json.Replace("ID", "question_id").Replace("TEXT", "answer"), valid);
    }

    private static async Task Check(string schema, ResultsFile format, string json, bool valid)
    {
        Assert.Equal(valid, (await JsonSchema.FromFileAsync(SchemaPath(schema))).Validate(json).Count == 0);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            Assert.Equal(valid, Record.Exception(() => format.Read(path)) is null);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string SchemaPath(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "data-schemas", name);
            if (File.Exists(path))
                return path;
        }
        throw new FileNotFoundException($"data-schemas/{name} is not above the tests.");
    }
}
