using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Data whose columns have names of their own.</summary>
public class ColumnNameTests : CaptionParquetFiles
{
    private static readonly DataColumns s_captions = new() { Image = "foto", Caption = "satz", Id = "nr" }, s_questions = new() { Image = "foto", Question = "frage", Answer = "antwort", Id = "nr" };

    public static TheoryData<string, string, DataFormat> Captions => new()
    {
        { "a.csv", "nr,foto,satz\n7,a.jpg,one\n", DataFormat.CaptionCsv },
        { "a.tsv", "nr\tfoto\tsatz\n7\ta.jpg\tone\n", DataFormat.CaptionCsv },
        { "b.csv", "nr;foto;satz\n7;a.jpg;one\n", DataFormat.CaptionCsv },
        { "a.json", """[{"nr": 7, "foto": "a.jpg", "satz": "one", "question": "q"}]""", DataFormat.CaptionJson },
        { "a.jsonl", """{"nr": 7, "foto": "a.jpg", "satz": "one"}""", DataFormat.CaptionJson },
    };

    [Theory]
    [MemberData(nameof(Captions))]
    public void Named_columns_are_captions_in_every_format_with_columns(string name, string content, DataFormat format)
    {
        string path = Write(name, content);
        Assert.Throws<MalformedInputException>(() => Catalog.Load(path));
        IDataView data = Catalog.Load(path, out DataFormat found, new DataLoadOptions { Columns = s_captions });
        Assert.Equal(format, found);
        Assert.Equal((InFolder("a.jpg"), "7"), (Text(data, "Image")[0], Text(data, "Id")[0]));
        Assert.Equal(["one"], Assert.Single(Texts(data, "Captions")));
        WriteBytes("a.jpg", []);
        Assert.Equal((1, 0), (Catalog.Validate(path, new DataValidationOptions { Columns = s_captions, Images = ImageCheck.None }).Rows, Catalog.Validate(path, new DataValidationOptions { Columns = s_captions, Images = ImageCheck.None }).ProblemCount));
    }

    [Theory]
    [InlineData("a.json", """[{"nr": 7, "foto": "a.jpg", "frage": "q?", "antwort": "yes"}]""")]
    [InlineData("a.jsonl", """{"nr": 7, "foto": "a.jpg", "frage": "q?", "antwort": ["yes"], "caption": "c"}""")]
    public void Named_columns_are_questions_in_flat_rows(string name, string content)
    {
        IDataView data = Catalog.Load(Write(name, content), out DataFormat found, new DataLoadOptions { Columns = s_questions });
        Assert.Equal(DataFormat.VqaJson, found);
        Assert.Equal((InFolder("a.jpg"), "7", "q?"), (Text(data, "Image")[0], Text(data, "Id")[0], Text(data, "Question")[0]));
        Assert.Equal(["yes"], Assert.Single(Texts(data, "Answers")));
        Assert.Equal("CLOSED", Text(data, "AnswerType")[0]);
    }

    [Fact]
    public void Rows_of_questions_under_usual_names_are_recognised()
    {
        string path = Write("a.json", """[{"image": "a.jpg", "question": "q", "answers": [{"answer": "x"}, {"answer": "y"}, "y"]}, {"image": "b.jpg", "question": "r", "answer": 3}]""");
        IDataView data = Catalog.Load(path, out DataFormat found);
        Assert.Equal(DataFormat.VqaJson, found);
        Assert.Equal([["x", "y", "y"], ["3"]], Texts(data, "Answers"));
        Assert.Equal("y", Texts(data, "Conversation")[0][1]);
        Assert.Equal(["0", "1"], Text(data, "Id"));
        string without = Write("b.jsonl", """{"question": "q", "answer": "a"}""");
        Assert.Contains("row 0: 'image' is missing", Bad(Catalog.Load(without, new DataLoadOptions { Columns = new() { Question = "question" } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_columns_of_parquet_decide_what_it_is()
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("foto", "a.jpg").AddTexts("satz", "one").AddTexts("frage", "q").AddTexts("antwort", "a").AddTexts("nr", "7").AddTexts("image", "other.jpg").ToBytes());
        IDataView captions = Catalog.Load(path, out DataFormat format, new DataLoadOptions { Columns = s_captions });
        Assert.Equal((DataFormat.CaptionParquet, InFolder("a.jpg"), "7"), (format, Text(captions, "Image")[0], Text(captions, "Id")[0]));
        IDataView questions = Catalog.Load(path, out format, new DataLoadOptions { Columns = s_questions });
        Assert.Equal((DataFormat.VqaParquet, InFolder("a.jpg"), "q"), (format, Text(questions, "Image")[0], Text(questions, "Question")[0]));
        string talk = WriteParquet("t.parquet", [new Talk { rede = [new() { from = "human", value = "<image>\nq" }, new() { from = "gpt", value = "a" }], foto = new() { bytes = [1] } }]);
        IDataView turns = Catalog.Load(talk, out format, new DataLoadOptions { Columns = new() { Conversation = "rede", Image = "foto" } });
        Assert.Equal(DataFormat.LlavaParquet, format);
        Assert.Equal(["<image>\nq", "a"], Assert.Single(Texts(turns, "Conversation")));
    }

    [Theory]
    [InlineData("a.csv", "image,caption,title\na.jpg,x,y\n")]
    [InlineData("a.json", """[{"image": "a.jpg", "caption": "x", "title": "y"}]""")]
    public void A_name_that_is_not_there_is_an_error_with_those_that_are(string name, string content)
    {
        string path = Write(name, content);
        Assert.Equal($"{path}: it has no column 'titles', which Columns.Caption names. Did you mean 'title'? Its columns are 'image', 'caption', 'title'.",
            Assert.Throws<MalformedInputException>(() => Count(Catalog.Load(path, new DataLoadOptions { Columns = new() { Caption = "titles" } }))).Message);
    }

    [Fact]
    public void A_name_that_is_not_in_parquet_is_an_error_with_those_that_are()
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", "a.jpg").AddTexts("caption", "x").ToBytes());
        Assert.Equal($"{path}: it has no column 'xyz', which Columns.Question names. Its columns are 'image', 'caption'.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(path, new DataLoadOptions { Columns = new() { Question = "xyz" } })).Message);
        string other = WriteBytes("b.parquet", new FlatParquet().AddTexts("foto", "a.jpg").AddTexts("satz", "x").ToBytes());
        Assert.Contains("Columns of other names are named by Columns.Image with Columns.Caption", Assert.Throws<MalformedInputException>(() => Catalog.Load(other)).Message, StringComparison.Ordinal);
        Assert.Contains("columns are named of questions and of captions", Assert.Throws<MalformedInputException>(() => Catalog.Load(path, new DataLoadOptions { Columns = new() { Question = "caption", Caption = "caption" } })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coco.json", """{"images": [{"id": 1, "file_name": "a"}], "annotations": []}""", "CocoCaptions has no such column to name. Leave it out: this format has fixed names.")]
    [InlineData("a.token", "a.jpg#0\tone\n", "Flickr30kTokens has no such column to name. Leave it out: this format has fixed names.")]
    [InlineData("a.yaml", "datasets:\n  - path: x.csv\n", "Recipe has no such column to name.")]
    public void A_column_that_a_format_does_not_have_is_an_error(string name, string content, string message) =>
        Assert.Contains(message, Assert.Throws<MalformedInputException>(() => Catalog.Load(Write(name, content), new DataLoadOptions { Columns = new() { Caption = "x" } })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_table_of_captions_has_no_questions()
    {
        string path = Write("a.csv", "image,caption,q\na.jpg,x,y\n");
        Assert.Contains("Columns.Question names column 'q', but CaptionCsv has no such column to name. Its columns are named by Columns.Image, Columns.Caption, Columns.Id.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(path, new DataLoadOptions { Columns = new() { Question = "q" } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_names_the_columns_of_each_data_set()
    {
        Write("one.csv", "foto,satz\na.png,x\n");
        string recipe = Write("r.yaml", "datasets:\n  - path: one.csv\n    columns: {image: foto, caption: satz}\n");
        Assert.Equal(["x"], Assert.Single(Texts(Catalog.Load(recipe), "Captions")));
        DataValidation found = Catalog.Validate(recipe, new DataValidationOptions { Images = ImageCheck.None });
        Assert.Empty(found.Problems);
        string wrong = Write("w.yaml", "datasets:\n  - path: one.csv\n    columns: {foto: image}\n");
        Assert.Contains("'foto' is no property of", Assert.Throws<MalformedInputException>(() => Catalog.Load(wrong)).Message, StringComparison.Ordinal);
    }

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class Talk
    {
        public ImageStruct? foto { get; set; }

        public List<LlavaParquetTests.Turn>? rede { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
