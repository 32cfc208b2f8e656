using VlmMlNet.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Options of a load that recognises the format by itself.</summary>
public sealed class LoadOptionsTests : CaptionParquetFiles
{
    private const string Turns = """[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]""";

    public static TheoryData<string, string, int> FilesWithABadRow => new()
    {
        { "llava.json", $$"""[{"id":"1","conversations":{{Turns}}},{"id":"2"},{"id":"3","conversations":{{Turns}}}]""", 2 },
        { "llava.jsonl", $$"""
            {"id":"1","conversations":{{Turns}}}
            {"id":"2"
            {"id":"3","conversations":{{Turns}}}
            """, 2 },
        { "coco.json", """{"images":[{"id":1,"file_name":"a"},{"file_name":"b"}],"annotations":[]}""", 1 },
        { "karpathy.json", """{"images":[{"filename":"a","sentences":[]},{"sentences":[]}]}""", 1 },
        { "flickr.token", "a.jpg#0\tA dog.\nno dog\nb.jpg#0\tA cat.\n", 2 },
        { "captions.csv", "image,caption\na.jpg,x\nb.jpg,y,z\nc.jpg,w\n", 2 },
        { "rad.json", """[{"qid":1,"image_name":"a","question":"q","answer":"x"},{"qid":2,"image_name":"a","question":"q"}]""", 1 },
        { "slake.json", """[{"qid":1,"img_name":"a","question":"q","answer":"x"},{"qid":2,"img_name":"a","question":"q"}]""", 1 },
        { "questions.json", """{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"},{"question_id":2}]}""", 1 },
        { "answers.json", """{"annotations":[{"question_id":1,"answers":[{"answer":"a"}]},{"question_id":2}]}""", 1 },
    };

    [Theory]
    [MemberData(nameof(FilesWithABadRow))]
    public void Bad_rows_of_every_format_fail_or_are_left_out_and_listed(string name, string content, int good)
    {
        string path = Write(name, content);
        Bad(Catalog.Load(path, new DataLoadOptions()));
        var list = new BadRowList();
        Assert.Equal(good, Count(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = list.Add })));
        Assert.Equal(1, list.Count);
        Assert.Equal(path, Assert.Single(list.First).Source);
    }

    [Fact]
    public void Bad_rows_of_parquet_fail_or_are_left_out_and_listed()
    {
        var rows = Rows(3);
        rows[1].caption = [null!];
        string path = WriteParquet("a.parquet", rows);
        Bad(Catalog.Load(path, new DataLoadOptions()));
        var list = new BadRowList();
        Assert.Equal(2, Count(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = list.Add })));
        Assert.Equal((path, 1L), (list.First[0].Source, list.First[0].Row));
    }

    [Fact]
    public void Of_many_bad_rows_the_first_are_kept_and_all_are_counted()
    {
        var list = new BadRowList(kept: 2);
        for (int i = 0; i < 5; i++)
            list.Add(new BadRow("f", i, "p"));
        Assert.Equal(5, list.Count);
        Assert.Equal([0, 1], list.First.Select(row => row.Row));
    }

    [Fact]
    public void Ten_bad_rows_are_logged_each_and_all_of_them_in_one_line_at_the_end()
    {
        var log = new List<string>();
        Context.Log += (_, e) => log.Add(e.RawMessage);
        string path = Write("a.csv", "image,caption\n" + string.Concat(Enumerable.Repeat("a.jpg,x,y\n", 12)) + "b.jpg,z\n");
        var data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal((1, 1), (Count(data), Count(data)));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{path}, row {i}: "), log.Where(line => line.EndsWith("The row is left out.", StringComparison.Ordinal)).Select(line => line[..(line.IndexOf(": ", StringComparison.Ordinal) + 2)]));
        Assert.Single(log, $"{path}: 12 bad rows were left out, 1 rows are good.");
    }

    [Fact]
    public void Part_language_and_number_of_rows_reach_the_reader()
    {
        string karpathy = Write("k.json", """{"images":[{"filename":"a","split":"train","sentences":[]},{"filename":"b","split":"test","sentences":[]},{"filename":"c","split":"restval","sentences":[]}]}""");
        Assert.Equal(2, Count(Catalog.Load(karpathy, new DataLoadOptions { Split = DataSplit.Train })));
        Assert.Equal(1, Count(Catalog.Load(karpathy, new DataLoadOptions { Split = DataSplit.Train, Take = 1 })));
        Assert.Equal([Path.Combine("elsewhere", "b")], Text(Catalog.Load(karpathy, new DataLoadOptions { Split = DataSplit.Test, ImageFolder = "elsewhere" }), "Image"));
        string slake = Write("s.json", """[{"qid":1,"img_name":"a","question":"q","answer":"x","q_lang":"en"},{"qid":2,"img_name":"a","question":"q","answer":"x","q_lang":"zh"}]""");
        Assert.Equal(["2"], Text(Catalog.Load(slake, new DataLoadOptions { Language = "zh" }), "Id"));
    }

    [Fact]
    public void A_recipe_gives_what_its_data_sets_do_not_say()
    {
        Write("one.csv", "image,caption\na.png,x\nb.png,y,z\n");
        string recipe = Write("recipe.yaml", "datasets:\n  - path: one.csv\n");
        Bad(Catalog.Load(recipe, new DataLoadOptions()));
        var list = new BadRowList();
        var data = Catalog.Load(recipe, new DataLoadOptions { ImageFolder = "elsewhere", BadRows = BadRowHandling.Skip, OnBadRow = list.Add });
        Assert.Equal([Path.Combine("elsewhere", "a.png")], Text(data, "Image"));
        Assert.Equal(1, list.Count);
        Assert.Contains("a number of rows is asked for, and this is a recipe", Assert.Throws<MalformedInputException>(() => Catalog.Load(recipe, new DataLoadOptions { Take = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_or_language_that_a_format_does_not_name_is_an_error()
    {
        string coco = Write("c.json", """{"images":[]}""");
        Assert.Equal($"{coco}: the part Test is asked for, but CocoCaptions does not say which rows these are. Give the file of the part.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(coco, new DataLoadOptions { Split = DataSplit.Test })).Message);
        Assert.Contains("the language 'en' is asked for, but CocoCaptions does not say the rows' language",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(coco, new DataLoadOptions { Language = "en" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_of_VQAv2_by_themselves_have_what_scoring_needs()
    {
        string path = Write("any.json", """{"info":{},"annotations":[{"question_id":7,"image_id":1,"answers":[{"answer":"a"},{"answer":"b"}],"answer_type":"other","question_type":"what"}]}""");
        var data = Catalog.Load(path, out DataFormat format, new DataLoadOptions());
        Assert.Equal(DataFormat.VqaV2, format);
        Assert.Equal(["Id", "Answers", "AnswerType", "QuestionType"], data.Schema.Select(column => column.Name));
        Assert.Equal(("7", "other", "what"), (Text(data, "Id")[0], Text(data, "AnswerType")[0], Text(data, "QuestionType")[0]));
        Assert.Equal(["a", "b"], Texts(data, "Answers")[0]);
        string twice = Write("twice.json", """{"annotations":[{"question_id":7,"answers":[{"answer":"a"}]},{"question_id":7,"answers":[{"answer":"a"}]}]}""");
        Assert.Contains("row 1: question_id 7 is answered twice", Bad(Catalog.Load(twice, new DataLoadOptions())).Message, StringComparison.Ordinal);
    }
}
