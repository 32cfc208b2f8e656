using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Delimited text as others write it: other separators, blanks, capitals, Python's lists.</summary>
public class CaptionCsvTests : DataTest
{
    [Fact]
    public void The_csv_of_kaggles_flickr30k_is_read_as_it_is()
    {
        string path = Write("results.csv", "image_name| comment_number| comment\n1.jpg| 0| Two men , outside .\n1.jpg| 1| \"Stop\" says a sign .\n2.jpg| 4   A dog runs .\n3.jpg| 0| A 5\" pipe .\n");
        Assert.Contains("row 2: the record has 2 fields, the head 3 (line 4). Is a separator missing?", Bad(Catalog.Load(path, out DataFormat format)).Message, StringComparison.Ordinal);
        Assert.Equal(DataFormat.CaptionCsv, format);
        var list = new BadRowList();
        var data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = list.Add });
        Assert.Equal(["1.jpg", "3.jpg"], Text(data, "Id"));
        Assert.Equal([["Two men , outside .", "\"Stop\" says a sign ."], ["A 5\" pipe ."]], Texts(data, "Captions"));
        Assert.Equal(2, Assert.Single(list.First).Row);
    }

    [Theory]
    [InlineData("image;caption\na.jpg;one, two\n")]
    [InlineData("image\tcaption\na.jpg\tone, two\n")]
    [InlineData("Image|Caption\na.jpg|one, two\n")]
    [InlineData("sep=;\r\nimage;caption\r\na.jpg;one, two\r\n")]
    [InlineData("\uFEFFsep=^\r\nimage^caption\r\na.jpg^one, two\r\n")]
    [InlineData("\n  \nimage ; caption\na.jpg ; one, two \n")]
    [InlineData("Image Name,split,Text\na.jpg,train,\"one, two\"\n")]
    [InlineData("IMAGE-PATH,CAPTION\na.jpg, \"one, two\" \n")]
    [InlineData("jpg|txt\na.jpg|one, two\n")]
    [InlineData("caption;id;\"file_name\"\none, two;7;a.jpg\n")]
    public void The_head_tells_separator_and_columns(string content)
    {
        var data = Catalog.Load(Write("data.csv", content), out DataFormat format);
        Assert.Equal(DataFormat.CaptionCsv, format);
        Assert.Equal([["one, two"]], Texts(data, "Captions"));
        Assert.Equal([InFolder("a.jpg")], Text(data, "Image"));
    }

    [Fact]
    public void The_separator_is_found_by_the_columns_that_are_asked_for()
    {
        string path = Write("data.csv", "a,b,c,d;Where;What\n1;a.jpg;one, two\n");
        Assert.Equal([["one, two"]], Texts(Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { ImageColumn = "where", CaptionColumn = "What" }), "Captions"));
        Assert.Contains("it has no column 'who', which ImageColumn names. Its columns are 'x', 'y', 'z'.", Bad(Catalog.LoadCaptionCsv(Write("other.csv", "x|y|z\n1|2|3\n"), new CaptionCsvOptions { ImageColumn = "who" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_the_same_letters_goes_before_one_in_others() =>
        Assert.Equal([["right"]], Texts(Catalog.LoadCaptionCsv(Write("a.csv", "image,Caption,caption\na.jpg,wrong,right\n")), "Captions"));

    [Fact]
    public void Blanks_within_quotation_marks_and_tabs_between_fields_stay() =>
        Assert.Equal([["  a\tb "], ["c"]], Texts(Catalog.LoadCaptionCsv(Write("a.csv", "image\tx\tcaption\na.jpg\t1\t\"  a\tb \"\nb.jpg\t\tc\n")), "Captions"));

    [Fact]
    public void A_quotation_mark_within_a_field_does_not_join_it_with_the_next_lines()
    {
        string path = Write("a.csv", "image,caption\na.jpg,a 5\" pipe\nb.jpg,\"a \"\"7\"\"\"\" pipe\"\nc.jpg,x\n");
        Assert.Equal([["a 5\" pipe"], ["a \"7\"\" pipe"], ["x"]], Texts(Catalog.LoadCaptionCsv(path), "Captions"));
    }

    [Theory]
    [InlineData("['a red square', \"it's red\"]", "a red square/it's red")]
    [InlineData("[\"a red square\", \"it's red\"]", "a red square/it's red")]
    [InlineData("['a red square' 'it is red'\n 'red']", "a red square/it is red/red")]
    [InlineData("[ 'it\\'s \\\\ \\\"red\\\"', 'caf\\xe9 \\u56fe \\U0001f600\\t.', ]", "it's \\ \"red\"/caf\u00e9 \u56fe \U0001f600\t.")]
    [InlineData("('one', 'two')", "one/two")]
    [InlineData("('one',)", "one")]
    [InlineData("[np.str_('one'), u'two']", "one/two")]
    [InlineData("[]", "")]
    [InlineData("[UNK] dogs [sic]", "[UNK] dogs [sic]")]
    [InlineData("[1] dog", "[1] dog")]
    [InlineData("('Stop') says a sign", "('Stop') says a sign")]
    public void A_list_as_python_writes_it_is_several_captions(string field, string captions)
    {
        string path = Write("a.csv", $"image,caption\na.jpg,\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        Assert.Equal(captions, string.Join('/', Assert.Single(Texts(Catalog.LoadCaptionCsv(path), "Captions"))));
    }

    [Theory]
    [InlineData("['a', 'b'")]
    [InlineData("['a', b]")]
    [InlineData("['a' b'c']")]
    [InlineData("['a''b']")]
    [InlineData("['a', ..., 'b']")]
    [InlineData("['a', 'b'] c")]
    [InlineData("['a', '\\q']")]
    [InlineData("['a', '\\ud800']")]
    [InlineData("['a\\x4")]
    [InlineData("[\"a\", b]")]
    [InlineData("[['a', 'b']]")]
    [InlineData("['a', None]")]
    [InlineData("[nan]")]
    [InlineData("[1, 2.5]")]
    [InlineData("[np.str_('a', 'b']")]
    public void A_list_that_cannot_be_read_is_a_bad_row(string field)
    {
        string path = Write("a.csv", $"image;caption\nz.jpg;z\na.jpg;\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        Assert.Contains("row 1: the list of captions cannot be read (line 3). A list is as JSON or Python writes it", Bad(Catalog.LoadCaptionCsv(path)).Message, StringComparison.Ordinal);
        Assert.Equal(["z.jpg"], Text(Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { BadRows = BadRowHandling.Skip }), "Id"));
    }

    [Fact]
    public void Marks_line_ends_and_very_long_fields_are_no_obstacle()
    {
        string wide = new('x', 3_000_000), rows = $"image,caption\r\na.jpg,\"one\r\n\"\"two\"\"\n\"\r\n\r\nb.jpg,{wide}\r\nc.jpg,\"{wide},\r\n\"";
        Assert.Equal([["one\r\n\"two\"\n"], [wide], [wide + ",\r\n"]], Texts(Catalog.Load(Write("a.csv", "\uFEFF" + rows)), "Captions"));
        string lines = $"\uFEFF{{\"file_name\": \"a.jpg\", \"text\": \"one\\r\\n\"}}\r\n\r\n \t\r\n{{\"file_name\": \"b.jpg\", \"text\": \"{wide}\"}}";
        Assert.Equal([["one\r\n"], [wide]], Texts(Catalog.Load(Write("a.jsonl", lines)), "Captions"));
    }

    [Fact]
    public void Lines_that_end_with_carriage_returns_alone_are_named_as_that() =>
        Assert.Equal($"{InFolder("a.csv")}: its lines end with carriage returns alone. Save it with LF or CR LF at the ends of lines.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(Write("a.csv", "image,caption\ra.jpg,one\r"))).Message);

    [Fact]
    public void A_record_has_a_limit()
    {
        string path = Write("a.csv", "image,caption\na.jpg,x\nb.jpg,\"" + new string('x', 17 << 20) + "\"\n");
        Assert.Contains("row 1: the record is longer than 16777216 bytes (line 3). Is a quotation mark missing", Bad(Catalog.LoadCaptionCsv(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_no_name_in_the_folder() =>
        Assert.Equal(["https://example.org/a.jpg", InFolder("b:c.jpg")], Text(Catalog.LoadCaptionCsv(Write("a.csv", "image,caption\nhttps://example.org/a.jpg,x\nb:c.jpg,y\n")), "Image"));
}
