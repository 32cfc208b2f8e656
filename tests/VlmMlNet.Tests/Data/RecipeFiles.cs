using Microsoft.ML;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Writes recipes and the data sets that they list.</summary>
public abstract class RecipeFiles : CaptionParquetFiles
{
    protected const string Yaml = """
        # as LLaVA-NeXT's, and more
        datasets:
          - json_path: talks/llava.json
            sampling_strategy: "first:3"
          - path: a.parquet
            weight: 2
          - path: rows.csv
            name: table
            image_folder: pictures
          - {path: slake.json, where: {QuestionType: [Modality, Plane]}, language: en}
        """;

    protected static string[] Ids(IDataView data, int? seed, long first = 0)
    {
        using var cursor = ((IRowStream)data).GetRowCursor([data.Schema["Id"]], seed is { } s ? new Random(s) : null, first);
        var get = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Id"]);
        var ids = new List<string>();
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> id = default;
            get(ref id);
            ids.Add(id.ToString());
        }
        return [.. ids];
    }

    protected string WriteAll()
    {
        WriteTalks(5);
        WriteParquet("a.parquet", Captioned(2));
        Write("rows.csv", "image,caption\na.jpg,x\na.jpg,y\nb.jpg,z\n");
        Write("pictures/a.png", "");
        Slake();
        return Write("recipe.yaml", Yaml);
    }

    protected string Slake() => Write("slake.json", """
        [{"img_name": "1.jpg", "question": "q", "answer": "MRI", "q_lang": "en", "answer_type": "OPEN", "content_type": "Modality", "qid": 7},
         {"img_name": "1.jpg", "question": "q", "answer": "3", "q_lang": "en", "answer_type": "OPEN", "content_type": "3", "qid": 8},
         {"img_name": "1.jpg", "question": "yes", "answer": "no", "q_lang": "zh", "answer_type": "CLOSED", "content_type": "Organ", "qid": 9}]
        """);

    protected void WriteTalks(int count) => Write("talks/llava.json", "[" + string.Join(",\n", Enumerable.Range(0, count).Select(i =>
        $$"""{"id": "l{{i}}", "image": "l{{i}}.jpg", "conversations": [{"from": "human", "value": "<image>\nq{{i}}"}, {"from": "gpt", "value": "a{{i}}{{(count > 100 ? new string('x', 3000) : "")}}"}]}""")) + "]");
}
