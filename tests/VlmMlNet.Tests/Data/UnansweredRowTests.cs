using Microsoft.ML;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Rows that people are yet to give captions or an answer: all of a test set, no mistake; a few among others, bad rows for whoever
/// learns, whichever way the data is read.</summary>
public sealed class UnansweredRowTests : CaptionParquetFiles
{
    private const string Remedy = "Leave such rows out, by skipping bad rows or in the file.";

    public static TheoryData<string, string> Mixed => new()
    {
        { "a.jsonl", """
            {"image":"a.jpg","caption":["A"]}
            {"image":"b.jpg","caption":[]}
            {"image":"c.jpg","caption":["C"]}
            """ },
        { "a.csv", "image,caption\na.jpg,A\nb.jpg,[]\nc.jpg,C\n" },
        { "a.json", """{"images":[{"filename":"a.jpg","sentences":[{"raw":"A"}]},{"filename":"b.jpg","sentences":[]},{"filename":"c.jpg","sentences":[{"raw":"C"}]}]}""" },
        { "a.json", """{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"},{"id":3,"file_name":"c.jpg"}],"annotations":[{"image_id":1,"caption":"A"},{"image_id":3,"caption":"C"}]}""" },
        { "a.json", """[{"image":"a.jpg","question":"q","answers":["A"]},{"image":"b.jpg","question":"q","answers":[]},{"image":"c.jpg","question":"q","answers":["C"]}]""" },
    };

    [Theory]
    [MemberData(nameof(Mixed))]
    public void Among_others_a_row_without_an_answer_is_a_bad_row_for_training_and_validation(string name, string content)
    {
        string path = Write(name, content);
        MalformedInputException bad = Assert.Throws<MalformedInputException>(() => Examples(Catalog.Load(path)));
        Assert.Matches($"row 1: the row has no (caption|answer). {Remedy}$", bad.Message);
        Assert.StartsWith(path, bad.Message, StringComparison.Ordinal);
        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
        Assert.False(found.IsValid);
        Assert.Matches("^1 of 3 (pictures have no caption|questions have no answer), that of row 1 first", found.Problems[0].Text);
    }

    [Theory]
    [MemberData(nameof(Mixed))]
    public void Whoever_skips_bad_rows_trains_on_the_others_and_is_told_of_each_once(string name, string content)
    {
        string path = Write(name, content);
        var left = new BadRowList();
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = left.Add });
        Assert.Equal(3, Count(data));   // to be evaluated they are rows
        Assert.Equal(0, left.Count);
        Assert.Equal(["A", "C"], Examples(data));
        Assert.Equal(["A", "C"], Examples(data));
        Assert.Equal(["A", "C"], Examples(Catalog.Load(path), skipsUnreadable: true));
        BadRow row = Assert.Single(left.First);
        Assert.Equal((path, 1L), (row.Source, row.Row));
        Assert.Equal(1, left.Count);
    }

    [Theory]
    [MemberData(nameof(Mixed))]
    public void The_choice_is_kept_by_views_of_ML_NET(string name, string content)
    {
        string path = Write(name, content);
        var warnings = new List<string>();
        Context.Log += (_, e) => warnings.Add(e.Message);
        IDataView skipping = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(["A", "C"], Examples(Context.Data.ShuffleRows(skipping, seed: 1)).Order());
        Assert.Equal(["C"], Examples(Context.Data.SkipRows(skipping, 1)));
        Assert.Contains(warnings, text => text.Contains("1 rows without an answer were left out, 2 rows are good.", StringComparison.Ordinal));
        Assert.Matches("the row has no (caption|answer)", Assert.Throws<MalformedInputException>(() => Examples(Context.Data.SkipRows(Catalog.Load(path), 1))).Message);
    }

    [Fact]
    public void A_mixture_leaves_them_out_too()
    {
        Write("a.csv", "image,caption\na.jpg,A\nb.jpg,[]\n");
        Write("q.json", """[{"image":"a.jpg","question":"q","answers":["B"]},{"image":"b.jpg","question":"q","answers":[]}]""");
        IDataView data = Catalog.LoadRecipe(Write("r.yaml", "datasets: [{path: a.csv, bad_rows: skip}, {path: q.json, bad_rows: skip}]"));
        Assert.Equal(["A", "B"], Examples(data));
        Assert.Equal(["A", "B"], Examples(Context.Data.ShuffleRows(data, seed: 1)).Order());
    }

    [Fact]
    public void A_list_that_is_null_in_parquet_is_treated_likewise()
    {
        string path = WriteParquet("a.parquet", [Row(["A"]), Row(null), Row([]), Row(["C"])]);
        Assert.Contains("row 1: the row has no caption", Assert.Throws<MalformedInputException>(() => Examples(Catalog.Load(path))).Message, StringComparison.Ordinal);
        Assert.Equal(["A", "C"], Examples(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip })));
        Assert.StartsWith("2 of 4 pictures have no caption, that of row 1 first", Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None }).Problems[0].Text, StringComparison.Ordinal);

        static CaptionRow Row(List<string>? captions) => new() { image = new ImageStruct { bytes = [1] }, caption = captions };
    }

    public static TheoryData<string, string> Lacking => new()
    {
        { "a.json", """{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":null},{"id":3,"file_name":"c.jpg"}],"annotations":[{"image_id":1,"caption":"A"},{"image_id":3,"caption":"C"}]}""" },
        { "a.json", """{"images":[{"id":1,"file_name":"a.jpg"},{"id":3,"file_name":"c.jpg"}],"annotations":[{"image_id":1,"caption":"A"},{"image_id":1,"caption":null},{"image_id":3},{"image_id":3,"caption":"C"}]}""" },
        { "a.json", """{"images":[{"filename":"a.jpg","sentences":[{"raw":"A"}]},{"filename":"b.jpg"},{"filename":"c.jpg","sentences":[{"raw":"C"}]}]}""" },
        { "a.json", """[{"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"A"}]},{"image":"b.jpg","conversations":[{"from":"human","value":"<image>"}]},{"image":"b.jpg"},{"image":"c.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"C"}]}]""" },
    };

    [Theory]
    [MemberData(nameof(Lacking))]
    public void Rows_that_merely_lack_something_are_left_out_with_unreadable_pictures_in_every_format(string name, string content)
    {
        var left = new BadRowList();
        IDataView data = Catalog.Load(Write(name, content), new DataLoadOptions { SkipsIncompleteRows = true, OnBadRow = left.Add });
        Assert.Equal(["A", "C"], Examples(data, skipsUnreadable: true));
        Assert.InRange(left.Count, 1, 2);
    }

    [Fact]
    public void Questions_and_answers_of_VQAv2_that_lack_something_are_left_out_too()
    {
        string questions = Write("v2_OpenEnded_mscoco_val2014_questions.json", """{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":1,"question":"q"},{"question_id":2,"image_id":1,"question":null},{"question_id":3,"image_id":1,"question":"q"}]}""");
        Write("v2_mscoco_val2014_annotations.json", """{"annotations":[{"question_id":1,"answers":[{"answer":"A"}]},{"question_id":3,"answers":[]}]}""");
        var left = new BadRowList();
        IDataView data = Catalog.Load(questions, new DataLoadOptions { SkipsIncompleteRows = true, OnBadRow = left.Add });
        Assert.Equal(["A"], Examples(data, skipsUnreadable: true));
        Assert.Equal(["'question' is null where a string is expected", "'answers' is missing or empty"], left.First.Select(row => row.Problem.Split(" (")[0]));
    }

    [Fact]
    public void Pictures_of_a_folder_without_a_text_beside_them_are_left_out_too()
    {
        foreach (string name in (string[])["a.jpg", "b.jpg", "c.jpg"])
            Write(Path.Combine("pictures", name), "");
        Write("pictures/a.txt", "A");
        Write("pictures/b.txt", "\n");
        var left = new BadRowList();
        IDataView data = Catalog.Load(InFolder("pictures"), new DataLoadOptions { SkipsIncompleteRows = true, OnBadRow = left.Add });
        Assert.Equal(["A"], Examples(data, skipsUnreadable: true));
        Assert.Equal([1L, 2], left.First.Select(row => row.Row));
    }

    [Fact]
    public void The_number_of_rows_of_COCO_is_that_of_good_ones_where_bad_ones_are_left_out()
    {
        string path = Write("a.json", """{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":""}],"annotations":[{"image_id":1,"caption":"A"},{"image_id":2,"caption":"B"}]}""");
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(1, Count(data));
        Assert.Equal(1, data.GetRowCount());
    }

    private string[] Examples(IDataView data, bool skipsUnreadable = false) =>
        [.. Context.VisionLanguage().ReadExamples([data], new TrainingStageOptions { SkipUnreadableImages = skipsUnreadable }).Read().Where(e => e.Problem is null).Select(e => e.Messages[^1].Content)];
}
