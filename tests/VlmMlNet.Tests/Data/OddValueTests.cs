using Microsoft.ML;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Values as pandas, NumPy and web pages write them, in places where texts and paths are expected.</summary>
public sealed class OddValueTests : CaptionParquetFiles
{
    [Theory]
    [InlineData("\"array(['p', 'q'], dtype=object)\"")]
    [InlineData("\"array(['p', 'q'], dtype='<U1')\"")]
    [InlineData("\"array(['p',\n       'q'])\"")]
    public void Arrays_as_NumPy_prints_them_are_lists_of_captions(string cell)
    {
        Assert.Equal([["p", "q"]], Texts(Catalog.Load(Write("a.csv", $"image,caption\na.jpg,{cell}\n")), "Captions"));
    }

    [Theory]
    [InlineData("\"array([1, 2])\"", "the list of captions cannot be read")]
    [InlineData("\"array(['p', 'q'\"", "the list of captions cannot be read")]
    [InlineData("\"array(['p'], dtype=object) and more\"", "the list of captions cannot be read")]
    [InlineData("NaN", "the caption is 'NaN', which stands for a missing one")]
    [InlineData("None", "the caption is 'None', which stands for a missing one")]
    [InlineData("null", "the caption is 'null', which stands for a missing one")]
    [InlineData("<NA>", "the caption is '<NA>', which stands for a missing one")]
    public void What_stands_for_no_caption_is_none(string cell, string problem)
    {
        string path = Write("a.csv", $"image,caption\na.jpg,A\nb.jpg,{cell}\n");
        Assert.Contains($"row 1: {problem}", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([["A"]], Texts(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Captions"));
    }

    [Fact]
    public void A_text_of_parquet_may_hold_a_list_as_one_of_delimited_text_does()
    {
        string path = WriteParquet("a.parquet", [new PlainRow { jpg = [1], text = "['p', 'q']" }, new PlainRow { jpg = [1], text = "[red] hat" }, new PlainRow { jpg = [1], text = "NaN" }]);
        Assert.Equal([["p", "q"], ["[red] hat"]], Texts(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Captions"));
    }

    [Fact]
    public void A_picture_within_the_text_is_refused_without_printing_it()
    {
        string uri = $"data:image/png;base64,{new string('A', 3000)}";
        string csv = Write("a.csv", $"image,caption\n\"{uri}\",A\n"), json = Write("a.json", $$"""[{"image":"{{uri}}","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""");
        string base64 = Write("b.csv", $"image,caption\n{new string('A', 5000)},A\n");
        foreach (bool outside in (bool[])[false, true])
        {
            string Message(string path) => Bad(Catalog.Load(path, new DataLoadOptions { AllowOutsideImages = outside })).Message;
            Assert.All([csv, json], path => Assert.Contains("row 0: the picture is a data: URI of 3022 characters ('data:image/png;base64,AA...'), which is not read", Message(path), StringComparison.Ordinal));
            Assert.Contains("row 0: the picture is a text of 5000 characters ('AAAAAAAAAAAAAAAAAAAAAAAA...'), which is no path", Message(base64), StringComparison.Ordinal);
            Assert.All([csv, json, base64], path => Assert.Contains("decode it into files, or into a column of bytes.", Message(path), StringComparison.Ordinal));
        }
        Assert.All(Catalog.Validate(csv).Problems, problem => Assert.True(problem.ToString().Length < 500));
    }

    [Theory]
    [InlineData("https://example.org/a.jpg")]
    [InlineData("s3://bucket/a.jpg")]
    [InlineData("file:///photos/a.jpg")]
    public void Addresses_of_pictures_are_said_not_to_be_downloaded(string address)
    {
        string path = Write("a.csv", $"image,caption\n{address},A\n");
        DataProblem problem = Assert.Single(Catalog.Validate(path).Problems);
        Assert.Equal("this is an address, and pictures are not downloaded. Download it where it is not on this machine, and give the path of the file.", problem.Text);
        var example = Context.VisionLanguage().ReadExamples([Catalog.Load(path)], new TrainingStageOptions()).Read().Single();
        Assert.Contains($"{address}, row 0: this is an address, and pictures are not downloaded", Assert.Throws<MalformedInputException>(() => { example.Images[0].Decode(); }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("photo,descr\na.jpg,A\n", "it is text with the columns 'photo', 'descr', none of which is known to hold pictures or captions. Columns.Image with Columns.Caption names the columns that do.")]
    [InlineData("photo\tcaption\na.jpg\tA\n", "it is text with the columns 'photo', 'caption', none of which is known to hold pictures. Columns.Image names the column that does.")]
    [InlineData("image;words\na.jpg;A\n", "it is text with the columns 'image', 'words', none of which is known to hold captions. Columns.Caption names the column that does.")]
    [InlineData("image,question,answer\na.jpg,q,A\n", "its column 'question' holds questions, which are not read from delimited text. Write them as JSON lines or parquet")]
    [InlineData("id,image,conversations\n1,a.jpg,\"[{}]\"\n", "its column 'conversations' holds conversations, which are not read from delimited text")]
    public void The_columns_of_a_head_that_is_not_known_are_listed(string content, string problem)
    {
        string path = Write("a.csv", content);
        Assert.Contains(problem, Assert.Throws<MalformedInputException>(() => Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains(problem, Catalog.Validate(path).Problems[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_clips_head_is_known()
    {
        string path = Write("train.csv", "filepath\ttitle\na.jpg\ta dog, running\n");
        IDataView data = Catalog.Load(path, out DataFormat format);
        Assert.Equal(DataFormat.CaptionCsv, format);
        Assert.Equal([InFolder("a.jpg")], Text(data, "Image"));
        Assert.Equal([["a dog, running"]], Texts(data, "Captions"));
        Assert.Equal([["C"]], Texts(Catalog.Load(Write("a.csv", "filepath,title,caption\na.jpg,T,C\n")), "Captions"));
    }

    [Theory]
    [InlineData("""[{"image":"a.jpg","question":"q","answer":true}]""", "'answer' is true or false where a string is expected")]
    [InlineData("""[{"image":"a.jpg","question":"q","answers":[true]}]""", "'answers[0]' is true or false where a string is expected")]
    [InlineData("""[{"id":true,"image":"a.jpg","question":"q","answer":"a"}]""", "'id' is true or false where a string is expected")]
    [InlineData("""[{"id":false,"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""", "'id' is true or false where a string is expected")]
    [InlineData("""[{"qid":1,"img_name":"a.jpg","question":"q","answer":true}]""", "'answer' is true or false where a string is expected")]
    public void True_and_false_are_neither_texts_nor_ids(string json, string problem)
    {
        Assert.Contains(problem, Bad(Catalog.Load(Write("a.json", json))).Message, StringComparison.Ordinal);
        Assert.Contains("True and false are neither texts nor ids: write the text that is meant, such as 'yes' and 'no'.", Bad(Catalog.Load(InFolder("a.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parquet_refuses_true_and_false_by_the_same_rule()
    {
        string answer = WriteParquet("a.parquet", [new FlagRow { image = new() { bytes = [1] }, question = "q", answer = true, id = "x" }]);
        string id = WriteParquet("b.parquet", [new FlagIdRow { image = new() { bytes = [1] }, caption = "c", id = true }]);
        Assert.Contains("its column 'answer' holds true and false. True and false are neither texts nor ids", Assert.Throws<MalformedInputException>(() => Catalog.Load(answer)).Message, StringComparison.Ordinal);
        Assert.Contains("its column 'id' holds true and false. True and false are neither texts nor ids", Assert.Throws<MalformedInputException>(() => Catalog.Load(id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_of_flat_questions_is_one_however_the_number_is_written() =>
        Assert.Equal(["42"], Text(Catalog.Load(Write("a.json", """[{"question_id":42.0,"image":"a.jpg","question":"q","answer":"a"}]""")), "Id"));

    [Fact]
    public void Data_without_a_row_is_named_by_validation_and_training()
    {
        string[] files = [WriteParquet<PlainRow>("a.parquet", []), Write("a.csv", "image,caption\n"), Write("a.json", """{"images":[],"annotations":[]}""")];
        foreach (string path in files)
        {
            DataValidation found = Catalog.Validate(path);
            Assert.Equal("it holds no rows", Assert.Single(found.Problems).Text.TrimEnd('.'));
            Assert.StartsWith($"{path}: it holds no rows.", Assert.Throws<MalformedInputException>(() => Context.VisionLanguage().ReadExamples([Catalog.Load(path)])).Message, StringComparison.Ordinal);
        }
        Assert.Contains("its list is empty: it holds no rows", Catalog.Validate(Write("b.json", "[]")).Problems[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_that_are_JSON_within_a_text_are_read()
    {
        const string turns = """[{"from":"human","value":"<image>\nq"},{"from":"gpt","value":"a"}]""", messages = """[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]""";
        string path = WriteParquet("a.parquet", [.. ((string[])[turns, messages, "[{'from': 'human'}]", "[]"]).Select(text => new TextTalk { image = new() { bytes = [1] }, conversations = text })]);
        var left = new BadRowList();
        IDataView data = Catalog.Load(path, out DataFormat format, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = left.Add });
        Assert.Equal(DataFormat.LlavaParquet, format);
        Assert.Equal([["<image>\nq", "a"], ["<image>\nq", "a"]], Texts(data, "Conversation"));
        Assert.Equal(["'conversations' is a text that is no JSON", "the conversation is empty"], left.First.Select(row => row.Problem));
        string json = Write("a.json", System.Text.Json.JsonSerializer.Serialize(new[] { new { image = "a.jpg", conversations = turns } }));
        Assert.Equal([["<image>\nq", "a"]], Texts(Catalog.Load(json), "Conversation"));
        Assert.True(Catalog.Validate(json, new DataValidationOptions { Images = ImageCheck.None }).IsValid);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"B\"")]
    public void The_place_of_a_choice_is_no_answer(string answer)
    {
        string path = Write("a.json", $$"""[{"image":"a.jpg","question":"q","choices":["red","blue"],"answer":"red"},{"image":"b.jpg","question":"q","choices":["red","blue"],"answer":{{answer}}}]""");
        Assert.Contains($"row 1: the answer '{answer.Trim('"')}' is the place of one of 2 choices, which a model is not shown", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(Catalog.Load(Write("b.json", """[{"image":"a.jpg","question":"How many?","choices":["1","2"],"answer":"2"}]"""))));
    }

    [Fact]
    public void The_place_of_a_choice_is_no_answer_in_parquet()
    {
        string path = WriteParquet("a.parquet", [.. ((string[])["red", "1"]).Select(answer => new ChoiceRow { image = new() { bytes = [1] }, question = "q", answer = answer, choices = ["red", "blue"] })]);
        Assert.StartsWith($"{path}, row 1: the answer '1' is the place of one of 2 choices", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_one_picture_is_that_picture_in_flat_rows()
    {
        string path = Write("a.json", """[{"images":["a.jpg"],"caption":"A"},{"images":["a.jpg","b.jpg"],"caption":"B"}]""");
        Assert.Contains("row 1: the row has 2 pictures in 'images', and one is read", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([InFolder("a.jpg")], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Image"));
    }

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class FlagRow
    {
        public ImageStruct? image { get; set; }

        public string? question { get; set; }

        public bool answer { get; set; }

        public string? id { get; set; }
    }

    public sealed class ChoiceRow
    {
        public ImageStruct? image { get; set; }

        public string? question { get; set; }

        public string? answer { get; set; }

        public List<string>? choices { get; set; }
    }

    public sealed class FlagIdRow
    {
        public ImageStruct? image { get; set; }

        public string? caption { get; set; }

        public bool id { get; set; }
    }

    public sealed class TextTalk
    {
        public ImageStruct? image { get; set; }

        public string? conversations { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
