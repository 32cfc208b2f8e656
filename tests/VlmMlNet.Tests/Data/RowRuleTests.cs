using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Rows without picture or answer, in every format that can have them.</summary>
public sealed class RowRuleTests : CaptionParquetFiles
{
    private const string Remedy = "Leave such rows out, by skipping bad rows or in the file.";

    public static TheoryData<string, string, long, string> Incomplete => new()
    {
        { "a.csv", "image,caption\na.jpg,A\n,B\nb.jpg,C\n", 1, "the row has no picture" },
        { "a.csv", "image,caption\na.jpg,A\nb.jpg,\nb.jpg,C\n", 1, "the row's caption is empty" },
        { "a.jsonl", """
            {"image":"a.jpg","caption":"A"}
            {"image":"","caption":"B"}
            {"image":"b.jpg","caption":"C"}
            """, 1, "the row has no picture" },
        { "a.jsonl", """
            {"image":"a.jpg","caption":"A"}
            {"image":"b.jpg","caption":["B"," "]}
            {"image":"b.jpg","caption":"C"}
            """, 1, "caption 1 of the row is empty" },
        { "a.json", """{"images":[{"filename":"a.jpg","sentences":[{"raw":"A"}]},{"filename":"b.jpg","sentences":[{"raw":""}]},{"filename":"b.jpg","sentences":[{"raw":"C"}]}]}""", 1, "the row's caption is empty" },
        { "a.json", """{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":""},{"id":3,"file_name":"b.jpg"}],"annotations":[{"image_id":1,"caption":"A"},{"image_id":2,"caption":"B"},{"image_id":3,"caption":"C"}]}""", 1, "the row has no picture" },
        { "a.json", """[{"qid":1,"img_name":"a.jpg","question":"q","answer":"A"},{"qid":2,"img_name":"b.jpg","question":"q","answer":""},{"qid":3,"img_name":"b.jpg","question":"q","answer":"C"}]""", 1, "the row has no answer" },
        { "a.json", """[{"qid":1,"img_name":"a.jpg","question":"q","answer":"A"},{"qid":2,"img_name":"","question":"q","answer":"B"},{"qid":3,"img_name":"b.jpg","question":" ","answer":"C"}]""", 1, "the row has no picture" },
        { "a.json", """[{"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"A"}]},{"image":"b.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":" "}]},{"image":"c.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"C"}]}]""", 1, "the row has no answer" },
    };

    [Theory]
    [MemberData(nameof(Incomplete))]
    public void A_row_without_picture_or_answer_is_a_bad_row_of_its_file(string name, string content, long row, string problem)
    {
        string path = Write(name, content);
        string error = Bad(Catalog.Load(path)).Message;
        Assert.StartsWith($"{path}, row {row}: {problem}", error, StringComparison.Ordinal);
        Assert.EndsWith(Remedy, error, StringComparison.Ordinal);

        var bad = new BadRowList();
        IDataView good = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        long rows = Count(good);
        Assert.Equal(3, rows + bad.Count);
        Assert.Equal(bad.Count, bad.First.Count);
        Assert.StartsWith(problem, bad.First[0].Problem, StringComparison.Ordinal);

        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
        Assert.False(found.IsValid);
        Assert.Equal((bad.Count, row), (found.BadRows, found.Problems[0].Row!.Value));
        Assert.StartsWith(problem, found.Problems[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_is_null_in_parquet_is_a_bad_row()
    {
        string path = WriteParquet("q.parquet", [new VqaTests.VqaFile { question = "q", answer = "a", image = new() { bytes = [1] } }, new VqaTests.VqaFile { question = "q", answer = null, image = new() { bytes = [1] } }]);
        Assert.StartsWith($"{path}, row 1: the row has no answer", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip })));
    }

    [Fact]
    public void A_caption_that_is_null_in_parquet_is_a_bad_row()
    {
        string path = WriteParquet("c.parquet", [new PlainRow { jpg = [1], text = "a" }, new PlainRow { jpg = [1], text = null }]);
        IDataView Load(BadRowHandling bad) => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { ImageColumn = "jpg", CaptionColumn = "text", BadRows = bad });
        Assert.StartsWith($"{path}, row 1: the row has no caption", Bad(Load(BadRowHandling.Fail)).Message, StringComparison.Ordinal);
        Assert.Equal([["a"]], Texts(Load(BadRowHandling.Skip), "Captions"));
    }

    [Fact]
    public void What_nobody_has_answered_yet_is_no_mistake()
    {
        string images = Write("a.json", """{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[]}""");
        string karpathy = Write("k.json", """{"images":[{"filename":"a.jpg","sentences":[]}]}""");
        string questions = Write("q.json", """{"data_subtype":"test2015","questions":[{"question_id":1,"image_id":1,"question":"q"}]}""");
        Assert.All([images, karpathy, questions], path => Assert.Equal(1, Count(Catalog.Load(path))));
        Assert.All([images, karpathy, questions], path => Assert.True(Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None }).IsValid));
    }

    [Fact]
    public void Conversations_of_text_alone_are_good()
    {
        string path = Write("a.json", """[{"conversations":[{"from":"human","value":"Hello"},{"from":"gpt","value":"Hi"}]}]""");
        Assert.Equal([""], Text(Catalog.Load(path), "Image"));
        Assert.True(Catalog.Validate(path).IsValid);
    }

    [Fact]
    public void Rows_that_are_read_without_a_picture_keep_their_places_in_every_order()
    {
        string path = Write("a.csv", "image,caption\na.jpg,A\n,B\nb.jpg,C\n");
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(["a.jpg", "b.jpg"], Text(data, "Id"));
        Assert.Equal(["b.jpg"], Text(Context.Data.SkipRows(data, 1), "Id"));
        Assert.Equal(["a.jpg", "b.jpg"], Text(Context.Data.ShuffleRows(data, seed: 1), "Id").Order());
        Assert.Equal(2, data.GetRowCount());
    }
}
