using System.Text;
using System.Text.Json;
using Microsoft.ML;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Numbers as ids, however they are written.</summary>
public class IdTests : DataTest
{
    private const string Turns = """[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]""";

    [Theory]
    [InlineData("42", "42")]
    [InlineData("42.0", "42")]
    [InlineData("4.2e1", "42")]
    [InlineData("-0", "0")]
    [InlineData("0.000", "0")]
    [InlineData("-7.00", "-7")]
    [InlineData("9007199254740993.0", "9007199254740993")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("42.5", "42.5")]
    [InlineData("1e-30", "1e-30")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("1e400", "1e400")]
    [InlineData("\"000017\"", "000017")]
    [InlineData("\"42.0\"", "42.0")]
    public void A_number_as_an_id_is_its_digits(string json, string id)
    {
        Assert.Equal([id], Text(Catalog.Load(Write("llava.json", $$"""[{"id": {{json}}, "conversations": {{Turns}}}]""")), "Id"));
        Assert.Equal([id], Text(Catalog.Load(Write("rad.json", $$"""[{"qid": {{json}}, "image_name": "a", "question": "q", "answer": 1.0}]""")), "Id"));
        Assert.Equal([id], Text(Catalog.Load(Write("karpathy.json", $$"""{"images": [{"cocoid": {{json}}, "filename": "a", "sentences": []}]}""")), "Id"));
        Assert.Equal([id], Text(Catalog.Load(Write("metadata.jsonl", $$"""{"id": {{json}}, "file_name": "a", "text": "x"}""")), "Id"));
    }

    [Fact]
    public void An_answer_that_is_a_number_stays_as_it_is_written() =>
        Assert.Equal([["1.0"]], Texts(Catalog.Load(Write("rad.json", """[{"qid": 1, "image_name": "a", "question": "q", "answer": 1.0}]""")), "Answers"));

    [Fact]
    public void Lists_are_joined_by_ids_that_are_written_differently()
    {
        string coco = Write("coco.json", """{"images": [{"id": 42.0, "file_name": "a"}, {"id": 7, "file_name": "b"}], "annotations": [{"id": 1.0, "image_id": 42, "caption": "x"}, {"id": 2, "image_id": 7.0, "caption": "y"}]}""");
        Assert.Equal([["x"], ["y"]], Texts(Catalog.Load(coco), "Captions"));
        Assert.Equal(["42", "7"], Text(Catalog.Load(coco), "Id"));
        Assert.Empty(Catalog.Validate(coco, new DataValidationOptions { Images = ImageCheck.None }).Problems);
        string questions = Write("q.json", """{"data_subtype": "val2014", "questions": [{"question_id": 5.0, "image_id": 4.2e1, "question": "q"}]}""");
        string answers = Write("a.json", """{"annotations": [{"question_id": 5, "answers": [{"answer": "a"}]}]}""");
        Assert.Equal([InFolder("COCO_val2014_000000000042.jpg")], Text(Catalog.LoadVqaV2(questions, answers), "Image"));
    }

    [Theory]
    [InlineData("42.0", "42")]
    [InlineData("0.0", "0")]
    [InlineData("-3.00", "-3")]
    [InlineData("000017", "000017")]
    [InlineData("000017.0", "000017.0")]
    [InlineData("42.5", "42.5")]
    [InlineData("1e3", "1e3")]
    public void Ids_of_delimited_text_lose_nothing_but_a_fraction_of_zeros(string field, string id) =>
        Assert.Equal([id], Text(Catalog.Load(Write("a.csv", $"image,caption,id\na.jpg,x,{field}\n")), "Id"));

    [Theory]
    [InlineData("99999999999999999999", "'id' has more digits than 64 bits hold")]
    [InlineData("9223372036854775808", "'id' has more digits than 64 bits hold")]
    [InlineData("1.5", "'id' is a number where an integer is expected")]
    [InlineData("1e-30", "'id' is a number where an integer is expected")]
    [InlineData("1e400", "'id' is a number where an integer is expected")]
    [InlineData("\"5\"", "'id' is a string where an integer is expected")]
    public void What_is_no_integer_of_64_bits_is_a_problem_of_its_row(string json, string problem)
    {
        string path = Write("coco.json", $$"""{"images": [{"id": 1, "file_name": "a", "height": 99999999999999999999}, {"id": {{json}}, "file_name": "b"}, {"id": 3, "file_name": "c"}], "annotations": []}""");
        Assert.Contains($"row 1: in 'images', {problem}", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
        DataProblem bad = Assert.Single(found.Problems);
        Assert.Equal((DataProblemKind.Row, 1L, 2L), (bad.Kind, bad.Row!.Value, found.Rows));
        Assert.StartsWith($"in 'images', {problem}", bad.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_takes_numbers_of_any_size_where_it_says_nothing_of_them()
    {
        string path = Write("llava.json", $$"""[{"id": 99999999999999999999, "score": -99999999999999999999, "conversations": {{Turns}}}, {"id": 1.0, "w": 1e400, "conversations": {{Turns}}}]""");
        Assert.Equal((2, 0), (Catalog.Validate(path).Rows, Catalog.Validate(path).BadRows));
    }

    [Fact]
    public void Results_with_one_id_written_twice_are_twins()
    {
        string path = Write("results.json", """[{"question_id": 99999999999999999999, "answer": "a"}, {"question_id": 5.0, "answer": "b"}, {"question_id": 5, "answer": "b"}, {"question_id": 6, "answer": "b"}]""");
        DataProblem twin = Assert.Single(Catalog.Validate(path).Problems);
        Assert.Equal(2, twin.Row);
        Assert.StartsWith("by the schema, 'question_id' 5 occurs before this one", twin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_integer_of_a_document_is_read_as_one_of_a_stream_is()
    {
        foreach (string json in (string[])["42", "42.0", "-0.0", "1e-30", "1e400", "9223372036854775808", "-9223372036854775808.0"])
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            reader.Read();
            using var document = JsonDocument.Parse(json);
            Assert.Equal(JsonIntegers.Read(document.RootElement), JsonIntegers.Read(ref reader));
        }
    }
}
