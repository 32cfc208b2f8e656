using Microsoft.ML;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class LlavaJsonLinesTests : DataTest
{
    private const string Lines = """
        {"id": "a", "image": "1.jpg", "conversations": [{"from": "human", "value": "<image>\nq"}, {"from": "gpt", "value": "x"}]}

        {"id": "b", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "y"}]}
        """;

    [Fact]
    public void One_row_a_line_is_read_like_an_array()
    {
        IDataView data = Catalog.LoadLlava(Write("rows.jsonl", Lines), "images");
        Assert.Equal(["a", "b"], Text(data, "Id"));
        Assert.Equal([Path.Combine("images", "1.jpg"), ""], Text(data, "Image"));
        Assert.Equal([["<image>\nq", "x"], ["q", "y"]], Texts(data, "Conversation"));
        Assert.Equal(2, Count(Catalog.LoadLlava(Write("crlf.jsonl", "\n \n" + Lines.Replace("\n", "\r\n", StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData("{\"id\": 1,", "row 2: the line is not valid JSON: ")]
    [InlineData("{} {}", "row 2: 'conversations' is missing (line 4).")]
    [InlineData("[]", "row 2: 'row' is a list where an object is expected (line 4)")]
    [InlineData("{\"a\": \"\u00ff", "row 2: the line is not valid JSON: ")]
    public void A_broken_line_is_a_bad_row_and_the_next_one_is_read(string line, string message)
    {
        string path = Write("rows.jsonl", Lines + "\n" + line + "\n" + Lines);
        Assert.Contains(message, Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
        var bad = new List<BadRow>();
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Equal(["a", "b", "a", "b"], Text(data, "Id"));
        Assert.Equal(2, Assert.Single(bad).Row);
    }

    [Fact]
    public void A_line_with_more_than_a_row_is_bad()
    {
        string row = """{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "y"}]}""";
        Assert.Contains("the line is not valid JSON: '{' is invalid after a single JSON value", Bad(Catalog.LoadLlava(Write("a.jsonl", row + " " + row))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_images_become_vectors_where_they_are_allowed()
    {
        string path = Write("a.json", """
            [{"id": "a", "image": ["1.jpg", "2.jpg"], "conversations": [{"from": "human", "value": "<image> and <image>?"}, {"from": "gpt", "value": "x"}]},
             {"id": "b", "image": "3.jpg", "conversations": [{"from": "human", "value": "<image>?"}, {"from": "gpt", "value": "x"}]},
             {"id": "c", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "x"}]}]
            """);
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { MaxImages = 2, ImageFolder = "i" });
        Assert.Equal([[Path.Combine("i", "1.jpg"), Path.Combine("i", "2.jpg")], [Path.Combine("i", "3.jpg")], []], Texts(data, "Image"));
        Assert.Contains("more than 1 image", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Catalog.LoadLlava(path, new LlavaOptions { MaxImages = 0 }));
    }

    [Fact]
    public void Files_that_match_a_pattern_are_one_data_set()
    {
        Write("s/rows-1.json", "[" + Lines.Replace("\n\n", ",", StringComparison.Ordinal) + "]");
        Write("s/rows-0.jsonl", Lines);
        Write("s/rows-2.jsonl", "{}");
        Write("s/other.jsonl", "{}");
        IDataView data = Catalog.LoadLlava(InFolder("s/rows-?.json*"), new LlavaOptions { Take = 4 });
        Assert.Equal(["a", "b", "a", "b"], Text(data, "Id"));
        Assert.StartsWith(InFolder("s/rows-2.jsonl") + ", row 0:", Bad(Catalog.LoadLlava(InFolder("s/rows-*"))).Message, StringComparison.Ordinal);
        Assert.Contains("No data file matches", Assert.Throws<FileNotFoundException>(() => Catalog.LoadLlava(InFolder("s/no-*"))).Message, StringComparison.Ordinal);
    }
}
