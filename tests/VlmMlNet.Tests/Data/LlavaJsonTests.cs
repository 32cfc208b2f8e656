using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class LlavaJsonTests : DataTest
{
    /// <summary>As blip_laion_cc_sbu_558k.json, llava_v1_5_mix665k.json and llava_next_790k.json are written.</summary>
    private const string Published = """
        [{"id": "000000001", "image": "00000/000000001.jpg", "conversations": [{"from": "human", "value": "Describe the image concisely.\n<image>"}, {"from": "gpt", "value": "a red kite"}]},
        {"id": "000000002", "image": "00000/000000002.jpg", "conversations": [{"from": "human", "value": "<image>\nWhat is this?"}, {"from": "gpt", "value": "A dog \u2014 \ud83d\udc36."}, {"from": "human", "value": "Its colour?"}, {"from": "gpt", "value": "Brown."}]},
        {"id": 3, "conversations": [{"from": "human", "value": "2 + 2?"}, {"from": "gpt", "value": "4"}], "model": ""},
        {"conversations": [{"value": "Hi", "from": "human"}, {"value": "Hello", "from": "gpt"}], "image": null, "extra": {"a": [1, 2, {"id": "not this"}]}}]
        """;

    [Fact]
    public void Published_rows_are_read()
    {
        IDataView data = Catalog.LoadLlava(Write("blip.json", Published), "images");
        Assert.Null(data.GetRowCount()); // not known before the rows were read once
        Assert.Equal(["000000001", "000000002", "3", ""], Text(data, VisionLanguageColumns.Id));
        string[] images = [Path.Combine("images", "00000/000000001.jpg"), Path.Combine("images", "00000/000000002.jpg"), "", ""];
        Assert.Equal(images, Text(data, VisionLanguageColumns.Image));
        Assert.Equal(images, Text(data, VisionLanguageColumns.ImagePath));
        string[][] conversations = Texts(data, VisionLanguageColumns.Conversation);
        Assert.Equal(["Describe the image concisely.\n<image>", "a red kite"], conversations[0]);
        Assert.Equal(["<image>\nWhat is this?", "A dog — 🐶.", "Its colour?", "Brown."], conversations[1]);
        Assert.Equal(["2 + 2?", "4"], conversations[2]);
        Assert.Equal(["Hi", "Hello"], conversations[3]);
        Assert.Equal(4, data.GetRowCount());
    }

    [Fact]
    public void Without_a_folder_images_lie_beside_the_file()
    {
        string path = Write("sub/rows.json", Row("x.jpg", "<image> q", "a"));
        Assert.Equal([Path.Combine(InFolder("sub"), "x.jpg")], Text(Catalog.LoadLlava(path), "Image"));
    }

    [Fact]
    public void Columns_have_the_types_that_pipelines_expect()
    {
        DataViewSchema schema = Catalog.LoadLlava(Write("a.json", "[]")).Schema;
        Assert.Equal(["Id", "Image", "ImagePath", "Conversation", "SystemPrompt"], schema.Select(c => c.Name));
        Assert.Equal(TextDataViewType.Instance, schema["Image"].Type);
        Assert.Equal(new VectorDataViewType(TextDataViewType.Instance), schema["Conversation"].Type);
    }

    [Fact]
    public void Each_cursor_reads_the_file_anew_and_numbers_its_rows()
    {
        IDataView data = Catalog.LoadLlava(Write("a.json", Published));
        Assert.Equal(4, Count(data));
        using DataViewRowCursor first = data.GetRowCursor(data.Schema.Where(c => c.Name == "Id"));
        using DataViewRowCursor second = data.GetRowCursor([]);
        Assert.Equal(-1, first.Position);
        Assert.True(first.MoveNext());
        Assert.True(first.MoveNext());
        Assert.True(second.MoveNext());
        Assert.Equal(1, first.Position);
        Assert.Equal(0, second.Position);
        var id = default(DataViewRowId);
        first.GetIdGetter()(ref id);
        Assert.Equal(new DataViewRowId(1, 0), id);
        while (second.MoveNext())
        {
        }
        Assert.Equal(-1, second.Position);
        Assert.False(second.MoveNext());
    }

    [Fact]
    public void A_getter_is_refused_for_another_type_an_inactive_column_or_before_the_first_row()
    {
        IDataView data = Catalog.LoadLlava(Write("a.json", Published));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema.Where(c => c.Name == "Id"));
        Assert.Contains("Invalid TValue", Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(data.Schema["Id"])).Message, StringComparison.Ordinal);
        Assert.Contains("'Image' was not asked for", Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Image"])).Message, StringComparison.Ordinal);
        ValueGetter<ReadOnlyMemory<char>> getter = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Id"]);
        ReadOnlyMemory<char> value = default;
        Assert.Throws<InvalidOperationException>(() => getter(ref value));
    }

    [Theory]
    [InlineData("7", ": this is not LLaVA's JSON, which is one array of rows or one row a line (line 1, byte 0). LLaVA's rows have 'conversations'.")]
    [InlineData("""[{"id":"1"}]""", "row 0: 'conversations' is missing (line 1, byte 1). For COCO captions use LoadCocoCaptions")]
    [InlineData("[7]", "row 0: 'row' is a number where an object is expected")]
    [InlineData("""[{"conversations":[]}]""", "row 0: the conversation is empty")]
    [InlineData("""[{"conversations":null}]""", "row 0: 'conversations' is null where a list is expected")]
    [InlineData("""[{"conversations":[["human","x"]]}]""", "row 0: 'conversations[0]' is a list where an object is expected")]
    [InlineData("""[{"id":[],"conversations":[]}]""", "row 0: 'id' is a list where a string is expected")]
    [InlineData("""[{"image":5,"conversations":[]}]""", "row 0: 'image' is a number where a string is expected")]
    [InlineData("""[{"image":["a.jpg","b.jpg"],"conversations":[]}]""", "row 0: the row has more than 1 image, 2, and a model is shown one (line 1, byte 1). Leave such rows out, by skipping bad rows or in the file.")]
    [InlineData("""[{"conversations":[{"from":"human","value":1}]}]""", "row 0: 'value' is a number where a string is expected")]
    [InlineData("""[{"conversations":[{"from":"human"}]}]""", "row 0: 'value' is missing")]
    [InlineData("""[{"conversations":[{"value":"x"}]}]""", "row 0: 'from' is missing")]
    [InlineData("""[{"conversations":[{"from":"narrator","value":"x"}]}]""", "row 0: turn 0 is from 'narrator' (line 1, byte 1). A turn is from 'human' or from 'gpt' ('user' or 'assistant'), the first perhaps from 'system'.")]
    [InlineData("""[{"conversations":[{"from":"gpt","value":"x"}]}]""", "row 0: the conversation is empty")]
    [InlineData("""[{"conversations":[{"from":"human","value":"x"},{"from":"human","value":"y"}]}]""", "row 0: turn 1 is from 'human' where 'gpt' is expected")]
    [InlineData("""[{"conversations":[{"from":"human","value":"x"}]}]""", "row 0: the last turn, 0, has no answer")]
    [InlineData("""[{"image":"a.jpg","conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"y"}]}]""", "row 0: the conversation has <image> nowhere, but the row has 1 image ")]
    [InlineData("""[{"conversations":[{"from":"human","value":"<image> x"},{"from":"gpt","value":"y"}]}]""", "row 0: the conversation has <image> once, but the row has 0 images")]
    [InlineData("""[{"conversations":[{"from":"human","value":"\ud800"}]}]""", "row 0: 'value' is not valid text: it has broken UTF-8 or half of a surrogate pair")]
    public void A_bad_row_is_an_error_that_names_file_row_and_place(string json, string message)
    {
        string path = Write("bad.json", json);
        MalformedInputException e = Bad(Catalog.LoadLlava(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("   \n ", "the file ends in the middle of its JSON (line 1, byte 0)")]
    [InlineData("[", "the file ends in the middle of its JSON")]
    [InlineData("[\n{\"id\": \"a", "row 0: the file ends in the middle of its JSON (line 1, byte 1). It may be cut off: fetch or write it again.")]
    [InlineData("[\n{\"id\": a}]", "row 0: this is not valid JSON: 'a' is an invalid start of a value (line 2, column 8)")]
    [InlineData("[] x", "this is not valid JSON: 'x' is invalid after a single JSON value")]
    [InlineData("[{},]", "this is not valid JSON")]
    public void Broken_JSON_is_an_error_even_where_bad_rows_are_skipped(string json, string message)
    {
        string path = Write("broken.json", json);
        MalformedInputException e = Bad(Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip }));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comma_after_the_last_row_is_an_error()
    {
        string path = Write("comma.json", Row("x.jpg", "<image>", "a")[..^1] + ",]");
        Assert.Contains("trailing comma", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_an_error_that_names_the_row()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Published);
        for (int length = 1; length < bytes.Length; length += 7)
            Assert.Contains("ends in the middle", Bad(Catalog.LoadLlava(WriteBytes("cut.json", bytes[..length]))).Message, StringComparison.Ordinal);
        string path = WriteBytes("cut.json", bytes[..300]);
        Assert.StartsWith($"{path}, row 1: the file ends in the middle of its JSON", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_other_encodings_are_named()
    {
        Assert.Equal(4, Count(Catalog.LoadLlava(WriteBytes("bom.json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Published)]))));
        Assert.Contains("UTF-16. Save it as UTF-8.", Bad(Catalog.LoadLlava(WriteBytes("utf16.json", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Published)]))).Message, StringComparison.Ordinal);
        Assert.Contains("compressed. Unpack it first.", Bad(Catalog.LoadLlava(WriteBytes("gz.json", [0x1F, 0x8B, 8, 0, 0, 0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_an_error()
    {
        string path = Write("deep.json", "[{\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}]");
        Assert.Contains("not valid JSON: The maximum configured depth of 64 has been exceeded", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_array_has_no_rows()
    {
        Assert.Equal(0, Count(Catalog.LoadLlava(Write("empty.json", " [ ] \n"))));
    }

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
    {
        Assert.Contains(InFolder("nope.json"), Assert.Throws<FileNotFoundException>(() => Catalog.LoadLlava(InFolder("nope.json"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<FileNotFoundException>(() => Catalog.LoadLlava(InFolder("."))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_rows_can_be_skipped_counted_and_listed()
    {
        string path = Write("mixed.json", """
            [{"id":"a","conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"y"}]},
             {"id":"b"},
             {"id":"c","conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"y"}]},
             5]
            """);
        var log = new List<string>();
        Context.Log += (_, e) => log.Add(e.RawMessage);
        var bad = new List<BadRow>();
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Equal(["a", "c"], Text(data, "Id"));
        Assert.Equal(["a", "c"], Text(data, "Id"));
        Assert.Equal([1L, 3L], bad.Select(b => b.Row));
        Assert.Equal(new BadRow(path, 1, "'conversations' is missing (line 2, byte 88)") { Line = 2, Offset = 88 }, bad[0]);
        Assert.Equal(3, log.Count(m => m.StartsWith(path, StringComparison.Ordinal)));
        Assert.Contains($"{path}, row 1: 'conversations' is missing (line 2, byte 88). The row is left out.", log);
        Assert.Contains($"{path}: 2 bad rows were left out, 2 rows are good.", log);
    }

    [Fact]
    public void A_file_without_a_good_row_is_an_error_even_where_bad_rows_are_skipped()
    {
        string path = Write("none.json", "[{},{},{}]");
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip });
        Assert.Contains("not one row can be used, 3 are bad; the first: 'conversations' is missing", Bad(data).Message, StringComparison.Ordinal);
        Assert.Contains("not one row can be used", Bad(data).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_stops_early_and_leaves_the_rest_unread()
    {
        string path = Write("a.json", Row("x.jpg", "<image>", "a")[..^1] + ", broken");
        Assert.Equal(1, Count(Catalog.LoadLlava(path, new LlavaOptions { Take = 1 })));
        Assert.Equal(0, Count(Catalog.LoadLlava(path, new LlavaOptions { Take = 0 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => Catalog.LoadLlava(path, new LlavaOptions { Take = -1 }));
    }

    [Fact]
    public void A_text_of_many_megabytes_is_read()
    {
        string path = Write("long.json", Row("", "q", new string('x', 20_000_000)));
        Assert.Equal(20_000_000, Texts(Catalog.LoadLlava(path), "Conversation")[0][1].Length);
    }

    private static string Row(string image, string question, string answer) =>
        $$"""[{"id":"1","image":"{{image}}","conversations":[{"from":"human","value":"{{question}}"},{"from":"gpt","value":"{{answer}}"}]}]""";
}
