using System.Text;
using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Validation;
using VlmMlNet.Tests.Imaging;

namespace VlmMlNet.Tests.Data;

/// <summary>What is found wrong with data, and that good data is found good.</summary>
public sealed class ValidationTests : CaptionParquetFiles
{
    private const string Turns = """[{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}]""";

    private static readonly byte[] s_picture = new PngFile(6, 4, 8, PngColour.Rgb).ToBytes();

    private DataValidation Validate(string path, DataValidationOptions? options = null) => Catalog.Validate(path, options);

    private DataValidation ValidateTexts(string path) => Validate(path, new DataValidationOptions { Images = ImageCheck.None });

    [Fact]
    public void Good_data_is_valid_and_counted()
    {
        WriteBytes("a.png", s_picture);
        WriteBytes("b.png", new PngFile(2, 30, 8, PngColour.Grey).ToBytes());
        string path = Write("llava.json", $$"""
            [{"id":"1","image":"a.png","conversations":{{Turns}}},
             {"id":"2","image":"b.png","conversations":{{Turns}}},
             {"id":"3","image":"a.png","conversations":{{Turns}}},
             {"id":"4","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}]
            """);
        foreach (ImageCheck check in new[] { ImageCheck.Decode, ImageCheck.Header })
        {
            DataValidation found = Validate(path, new DataValidationOptions { Images = check });
            Assert.True(found.IsValid, string.Join('\n', found.Problems));
            Assert.Equal(("LlavaJson", 4, 0, 3, 10), (found.Format, found.Rows, found.BadRows, found.RowsWithPicture, found.Turns));
            Assert.Equal(["llava"], found.Schemas);
            Assert.Equal(new ImageStatistics(2, 0, 0, (2, 4), (6, 30), 4, 17), found.Images);
        }
        Assert.Null(ValidateTexts(path).Images);
    }

    [Fact]
    public void Each_bad_row_is_one_problem_with_its_line_whether_schema_or_reader_finds_it()
    {
        string path = Write("llava.json", $$"""
            [{"id":"1","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]},
             {"id":"2"},

             {"id":"3","conversations":{{Turns}}},
             {"id":{},"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":5}]}]
            """);
        DataValidation found = ValidateTexts(path);
        Assert.False(found.IsValid);
        Assert.Equal((1, 3, 3), (found.Rows, found.BadRows, found.ProblemCount));
        Assert.Equal([(1L, 2L), (2, 4), (3, 5)], found.Problems.Select(p => (p.Row!.Value, p.Line!.Value)));
        Assert.StartsWith($"{path}:2, row 1: 'conversations' is missing (line 2, byte ", found.Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("<image> once, but the row has 0 images", found.Problems[1].Text, StringComparison.Ordinal);
        Assert.All(found.Problems, p => Assert.Equal((DataProblemKind.Row, path), (p.Kind, p.Source)));
    }

    [Fact]
    public void What_only_the_schema_says_is_said()
    {
        // The reader passes over an annotation's other properties of the image, and over 'info'.
        string path = Write("k.json", """{"images":[{"filename":"a","imgid":1.5,"sentences":[]},{"filename":"b","split":"dev","sentences":[]}]}""");
        DataValidation found = ValidateTexts(path);
        Assert.Equal(2, found.Rows);
        Assert.Equal(["by the schema, in 'images', 'imgid' is none of what is allowed (integer, string) (line 1, byte 11)", "by the schema, in 'images', 'split' is none of train, restval, val, test (line 1, byte 55)"],
            found.Problems.Select(p => p.Text));
    }

    public static TheoryData<string, string, string, long, long> Formats => new()
    {
        { "a.jsonl", $$"""
            {"id":"1","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}
            {"id":"2"
            """, "LlavaJson", 1, 2 },
        { "coco.json", """{"images":[{"id":1,"file_name":"a"},{"id":"x","file_name":"b"}],"annotations":[{"image_id":1,"caption":"c"},{"image_id":7,"caption":"c"}]}""", "CocoCaptions", 1, 1 },
        { "karpathy.json", """{"images":[{"filename":"a","sentences":[{"raw":"c"}]},{"sentences":[]}]}""", "Karpathy", 1, 1 },
        { "flickr.token", "a.jpg#0\tA dog.\nno dog\n", "Flickr30kTokens", 1, 2 },
        { "captions.csv", "image,caption\na.jpg,x\nb.jpg,y,z\n", "CaptionCsv", 1, 3 },
        { "rad.json", """[{"qid":1,"image_name":"a","question":"q","answer":"x"},{"qid":2,"image_name":"a","question":"q"}]""", "VqaRad", 1, 1 },
        { "slake.json", """[{"qid":1,"img_name":"a","question":"q","answer":"x"},{"qid":2,"img_name":"a","question":"q"}]""", "Slake", 1, 1 },
        { "questions.json", """{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"},{"question_id":2}]}""", "VqaV2", 1, 1 },
        { "annotations.json", """{"annotations":[{"question_id":1,"answers":[{"answer":"a"}]},{"question_id":2}]}""", "VqaV2", 1, 1 },
        { "captions.json", """[{"image_id":1,"caption":"a"},{"image_id":1,"caption":"b"}]""", "CocoResults", 1, 1 },
        { "answers.json", """[{"question_id":1,"answer":"a"},{"question_id":2,"answer":null}]""", "VqaResults", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_format_is_recognised_and_its_bad_rows_are_placed(string name, string content, string format, long rows, long line)
    {
        string path = Write(name, content);
        DataValidation found = ValidateTexts(path);
        Assert.Equal((format, rows), (found.Format, found.Rows));
        Assert.False(found.IsValid);
        Assert.Equal(found.ProblemCount, found.BadRows);
        Assert.Equal((path, line), (found.Problems[0].Source, found.Problems[0].Line));
    }

    [Fact]
    public void A_result_that_comes_twice_is_named()
    {
        string path = Write("captions.json", """[{"image_id":1,"caption":"a"},{"image_id":"1","caption":"b"}]""");
        Assert.Contains("'image_id' 1 occurs before this one", Assert.Single(ValidateTexts(path).Problems).Text, StringComparison.Ordinal);
        Assert.True(ValidateTexts(Write("good.json", """[{"image_id":1,"caption":"a"},{"image_id":2,"caption":"b"}]""")).IsValid);
    }

    [Fact]
    public void The_pair_of_VQAv2_is_looked_at_together()
    {
        Write("v2_OpenEnded_mscoco_val2014_questions.json", """{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":2,"question":"q"}]}""");
        string path = Write("v2_mscoco_val2014_annotations.json", """{"annotations":[{"question_id":1,"answers":[{"answer":"a"}]},{"question_id":3,"answers":[{"answer":"a"}]}]}""");
        DataValidation found = ValidateTexts(path);
        Assert.Equal(["vqav2-questions", "vqav2-annotations"], found.Schemas);
        Assert.Equal((1, 1, 1, 2), (found.Rows, found.BadRows, found.AnsweredQuestions, found.Turns));
        Assert.Contains("question_id 3 is not that of a question", Assert.Single(found.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_are_missing_or_damaged_are_problems_of_their_rows()
    {
        WriteBytes("good.png", s_picture);
        WriteBytes("cut.png", new PngFile(60, 40, 8, PngColour.Rgb) { Pixel = (x, y) => [(ushort)(x * y % 251), (ushort)x, (ushort)(7 * y % 256)] }.ToBytes()[..600]);
        Write("text.png", "no picture");
        string path = Write("captions.csv", "image,caption\ngood.png,a\nnone.png,b\ncut.png,c\ntext.png,d\nnone.png,e\n");
        DataValidation found = Validate(path);
        Assert.Equal(new ImageStatistics(4, 1, 2, (6, 4), (6, 4), 6, 4), found.Images);
        Assert.Equal(3, found.ProblemCount);
        Assert.Equal([(1L, InFolder("none.png")), (2, InFolder("cut.png")), (3, InFolder("text.png"))], found.Problems.Select(p => (p.Row!.Value, p.Source)));
        Assert.Equal("there is no such file", found.Problems[0].Text);
        Assert.All(found.Problems, p => Assert.DoesNotContain(p.Source, p.Text, StringComparison.Ordinal));
        // The beginning of a file that is cut off is fine.
        Assert.Equal(2, Validate(path, new DataValidationOptions { Images = ImageCheck.Header }).ProblemCount);
        Assert.Equal(1, Validate(path, new DataValidationOptions { ImageRows = 2 }).ProblemCount);
    }

    [Fact]
    public void Rows_of_pictures_are_counted_as_bad_rows_are()
    {
        string path = Write("a.jsonl", """
            {"conversations":[]}
            {"image":"none.png","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}
            {"image":7,"conversations":[]}
            {"image":"nor.png","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}
            """);
        Assert.Equal([0L, 2, 1, 3], Validate(path).Problems.Select(p => p.Row!.Value));
    }

    [Fact]
    public void Embedded_pictures_are_decoded_too()
    {
        var rows = Captioned(4);
        foreach (var row in rows)
            row.image = new ImageStruct { bytes = s_picture, path = "x.png" };
        rows[2].image!.bytes = [1, 2, 3];
        rows[3].caption = [null!];
        DataValidation found = Validate(WriteParquet("a.parquet", rows));
        Assert.Equal(("CaptionParquet", 3, 1), (found.Format, found.Rows, found.BadRows));
        Assert.Equal((3, 1), (found.Images!.Count, found.Images.Unreadable));
        Assert.Equal([(DataProblemKind.Row, 3L), (DataProblemKind.Image, 2)], found.Problems.Select(p => (p.Kind, p.Row!.Value)));
        Assert.StartsWith("embedded picture: ", found.Problems[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_pictures_is_looked_at()
    {
        WriteBytes("a.png", s_picture);
        WriteBytes("b.jpg", [1, 2]);
        DataValidation found = Validate(Path.GetDirectoryName(InFolder("a.png"))!);
        Assert.Equal(("ImageFolder", 2, 1), (found.Format, found.Rows, found.Images!.Unreadable));
    }

    [Theory]
    [InlineData("""[{"id":"1","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]},{"id":"2","conv""", 1, "the file ends in the middle of its JSON")]
    [InlineData("""[{"id":"1","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]} {""", 1, "this is not valid JSON")]
    [InlineData("""{"foo":1}""", 0, "the format is not recognised")]
    [InlineData("", 0, "the file is empty")]
    [InlineData("""{"images":[{"id":1,"file_name":"x"}],"annotations":{}}""", 0, "'annotations' is not a list")]
    public void A_file_that_cannot_be_read_through_is_one_problem(string content, long rows, string problem)
    {
        string path = Write("a.json", content);
        DataValidation found = ValidateTexts(path);
        Assert.Equal(rows, found.Rows);
        DataProblem only = Assert.Single(found.Problems);
        Assert.Equal((DataProblemKind.File, path), (only.Kind, only.Source));
        Assert.StartsWith(problem, only.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_is_looked_at_with_its_data_sets()
    {
        WriteBytes("a.png", s_picture);
        Write("one.csv", "image,caption\na.png,x\ngone.png,y\n");
        Write("two.jsonl", """{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""" + "\n{}\n");
        string path = Write("recipe.yaml", "datasets:\n  - path: one.csv\n    weight: 2\n  - json_path: two.jsonl\n    bad_rows: skip\n");
        DataValidation found = Validate(path);
        Assert.Equal(("Recipe", 3, 1, 2), (found.Format, found.Rows, found.BadRows, found.ProblemCount));
        Assert.Equal(["recipe", "llava"], found.Schemas);
        Assert.Equal([("CaptionCsv", 2, 1), ("LlavaJson", 1, 1)], found.Parts.Select(part => (part.Format, part.Rows, part.ProblemCount)));
        Assert.Equal(new ImageStatistics(2, 1, 0, (6, 4), (6, 4), 6, 4), found.Images);
        Assert.Equal([DataProblemKind.Image, DataProblemKind.Row], found.Problems.Select(p => p.Kind));
        Assert.Null(ValidateTexts(path).Images);
    }

    [Theory]
    [InlineData("datasets:\n  - path: none.csv\n", "There is no data file")]
    [InlineData("datasets:\n  - path: one.csv\n    weight: -1\n", "weight")]
    [InlineData("datasets:\n  - path: recipe.yaml\n", "which a recipe cannot list")]
    [InlineData("datasets: []\n", "'datasets' is empty")]
    public void A_recipe_that_cannot_be_read_is_one_problem(string content, string problem)
    {
        Write("one.csv", "image,caption\na.png,x\n");
        Assert.Contains(problem, Assert.Single(ValidateTexts(Write("recipe.yaml", content)).Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_counted_and_the_first_are_kept()
    {
        string path = Write("a.jsonl", $$"""{"id":"1","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""" + "\n" + string.Concat(Enumerable.Repeat("{}\n", 500)));
        DataValidation found = Validate(path, new DataValidationOptions { KeptProblems = 3 });
        Assert.Equal((500, 3), (found.ProblemCount, found.Problems.Count));
        Assert.Equal([2L, 3, 4], found.Problems.Select(p => p.Line!.Value));
    }

    [Fact]
    public void Problems_of_several_files_come_file_by_file()
    {
        string good = """{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""" + "\n";
        Write("a1.jsonl", good + "{}\n" + good + "{}\n");
        Write("a2.jsonl", "{}\n" + good);
        DataValidation found = ValidateTexts(InFolder("a*.jsonl"));
        Assert.Equal((3, 3), (found.Rows, found.BadRows));
        Assert.Equal([("a1.jsonl", 2L), ("a1.jsonl", 4), ("a2.jsonl", 1)], found.Problems.Select(p => (Path.GetFileName(p.Source), p.Line!.Value)));
    }

    public static TheoryData<string, string> FuzzedFiles => new()
    {
        { "llava.json", $$$"""[{"id":"1","image":"a.png","conversations":{{{Turns}}}},{"id":2,"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}],"x":{"y":[1e5,true]}}]""" },
        { "llava.jsonl", $$"""{"id":"1","conversations":{{Turns}}}""" + "\n" + $$"""{"id":"2","conversations":{{Turns}}}""" },
        { "coco.json", """{"images":[{"id":1,"file_name":"a"},{"id":2,"file_name":"b"}],"annotations":[{"image_id":1,"id":5,"caption":"c"}]}""" },
        { "vqa.json", """{"annotations":[{"question_id":1,"answers":[{"answer":"a"}]}]}""" },
        { "results.json", """[{"image_id":1,"caption":"a"},{"image_id":2,"caption":"b"}]""" },
        { "config.json", """{"model_type":"vlm_mlnet","vision_config":{"hidden_size":16},"text_config":{"rope_theta":1e6},"projector_config":{}}""" },
        { "recipe.yaml", "datasets:\n  - path: one.csv\n    weight: 2\n    where: { Id: [a] }\n" },
    };

    [Theory]
    [MemberData(nameof(FuzzedFiles))]
    public void Whatever_a_file_holds_it_is_described_and_nothing_is_thrown(string name, string content)
    {
        Write("one.csv", "image,caption\na.png,x\n");
        WriteBytes("a.png", s_picture);
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        int bad = 0;
        for (int seed = 0; seed < Mutator.Count(100); seed++)
        {
            DataValidation found = Validate(WriteBytes(name, new Mutator(seed).Mutate(bytes)));
            Assert.Equal(found.ProblemCount == 0, found.Problems.Count == 0);
            bad += found.IsValid ? 0 : 1;
        }
        Assert.True(bad > 25, "Damage is found.");
    }

    [Fact]
    public void Data_without_a_good_row_has_its_rows_as_problems()
    {
        DataValidation found = ValidateTexts(Write("a.jsonl", """{"conversations":[]}"""));
        Assert.Equal((0, 1), (found.Rows, found.ProblemCount));
        Assert.Equal(DataProblemKind.Row, found.Problems[0].Kind);
    }

    [Fact]
    public void It_can_be_cancelled_and_reports_progress()
    {
        string path = Write("a.jsonl", string.Concat(Enumerable.Repeat("""{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""" + "\n", 2500)));
        var reports = new List<(string, long)>();
        Assert.True(Validate(path, new DataValidationOptions { Progress = (what, done) => reports.Add((what, done)) }).IsValid);
        Assert.Equal([("reading rows", 1000), ("reading rows", 2000), ("reading rows", 2500), ("comparing with the schema 'llava'", 1000), ("comparing with the schema 'llava'", 2000)], reports);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Validate(path, new DataValidationOptions { CancellationToken = cancelled.Token }));
        Assert.Contains("none.json", Assert.Throws<FileNotFoundException>(() => Validate("none.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_holds_the_schemas_of_the_repository()
    {
        string[] files = [.. Directory.GetFiles(RepositoryFiles.Path("data-schemas"), "*.schema.json")];
        Assert.Equal(files.Select(f => Path.GetFileName(f)[..^".schema.json".Length]).Order(StringComparer.Ordinal), DataSchemas.Names);
        Assert.All(files, f => Assert.Equal(File.ReadAllText(f, Encoding.UTF8), DataSchemas.Read(Path.GetFileName(f)[..^".schema.json".Length])));
        Assert.Contains("There is no schema 'x'. There are: coco-captions, ", Assert.Throws<ArgumentException>(() => DataSchemas.Read("x")).Message, StringComparison.Ordinal);
    }
}
