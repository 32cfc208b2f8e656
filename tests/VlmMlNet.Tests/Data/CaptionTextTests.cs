using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.ImageFolder;
using VlmMlNet.Data.Formats.Karpathy;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Karpathy's splits, Flickr30k's .token, CSV and folders of pictures.</summary>
public class CaptionTextTests : DataTest
{
    private const string Karpathy = """
        {"images": [{"filepath": "val2014", "sentids": [770337], "filename": "COCO_val2014_000000391895.jpg", "imgid": 0, "split": "test", "sentences": [{"tokens": ["a", "man"], "raw": "A man.", "imgid": 0, "sentid": 770337}, {"tokens": [], "raw": "Him."}], "cocoid": 391895},
                    {"filepath": "train2014", "filename": "b.jpg", "imgid": 1, "split": "train", "sentences": [], "cocoid": 5},
                    {"filepath": "val2014", "filename": "c.jpg", "imgid": 2, "split": "restval", "sentences": [{"raw": "c"}], "cocoid": 6},
                    {"sentids": [0], "imgid": 3, "sentences": [{"raw": "d"}], "split": "val", "filename": "1000092795.jpg"}], "dataset": "coco"}
        """;

    [Fact]
    public void Karpathys_splits_are_read_and_restval_joins_train()
    {
        string path = Write("dataset_coco.json", Karpathy);
        IDataView data = Catalog.LoadKarpathy(path, "coco");
        Assert.Equal(["Id", "Image", "ImagePath", "Captions"], data.Schema.Select(c => c.Name));
        Assert.Equal(["391895", "5", "6", "3"], Text(data, "Id"));
        Assert.Equal(Path.Combine("coco", "val2014", "COCO_val2014_000000391895.jpg"), Text(data, "Image")[0]);
        Assert.Equal(Path.Combine("coco", "1000092795.jpg"), Text(data, "Image")[3]);
        Assert.Equal([["A man.", "Him."], [], ["c"], ["d"]], Texts(data, "Captions"));
        Assert.Equal(["5", "6"], Text(Catalog.LoadKarpathy(path, new KarpathyOptions { Split = DataSplit.Train }), "Id"));
        Assert.Equal(["3"], Text(Catalog.LoadKarpathy(path, new KarpathyOptions { Split = DataSplit.Validation }), "Id"));
        Assert.Equal(["391895"], Text(Catalog.LoadKarpathy(path, new KarpathyOptions { Split = DataSplit.Test }), "Id"));
    }

    [Theory]
    [InlineData("[]", "this is not Karpathy's JSON, which is one object")]
    [InlineData("{}", "it has no list 'images'")]
    [InlineData("""{"images": [{"id": 1, "file_name": "a"}]}""", "row 0: 'filename' is missing")]
    [InlineData("""{"images": [{"filename": "a", "split": "test"}]}""", "row 0: 'sentences' is missing (line 1, byte 12). For COCO's own captions use LoadCocoCaptions.")]
    [InlineData("""{"images": [{"filename": "a", "sentences": [{}], "split": "test"}]}""", "row 0: 'raw' is missing")]
    [InlineData("""{"images": [{"filename": "a", "sentences": []}]}""", "row 0: 'split' is missing")]
    [InlineData("""{"images": [{"filename": "a", "sentences": [], "split": "dev"}]}""", "row 0: 'split' is 'dev'")]
    public void A_bad_row_of_karpathys_is_named(string json, string message) =>
        Assert.Contains(message, Bad(Catalog.LoadKarpathy(Write("a.json", json), new KarpathyOptions { Split = DataSplit.Test })).Message, StringComparison.Ordinal);

    [Fact]
    public void Flickr30ks_tokens_are_joined_by_picture()
    {
        string path = Write("results_20130124.token", "1000092795.jpg#0\tTwo young guys .\n1000092795.jpg#1\tTwo men\tin green .\r\n\n10002456.jpg#0\tSeveral men .");
        IDataView data = Catalog.LoadFlickr30kTokens(path, "flickr30k-images");
        Assert.Equal(["1000092795.jpg", "10002456.jpg"], Text(data, "Id"));
        Assert.Equal(Path.Combine("flickr30k-images", "10002456.jpg"), Text(data, "Image")[1]);
        Assert.Equal([["Two young guys .", "Two men\tin green ."], ["Several men ."]], Texts(data, "Captions"));
        Assert.Equal(0, Count(Catalog.LoadFlickr30kTokens(Write("empty.token", ""))));
    }

    [Fact]
    public void The_last_mark_before_the_tab_ends_the_name_of_a_picture() =>
        Assert.Equal(["take#2.jpg"], Text(Catalog.LoadFlickr30kTokens(Write("a.token", "take#2.jpg#0\tone #1 .\ntake#2.jpg#1\ttwo .\n")), "Id"));

    [Theory]
    [InlineData("a.jpg#0\tx\nb.jpg x\n", "row 1: the line has no 'picture.jpg#0' before a tab (line 2). A line is the picture")]
    [InlineData("a.jpg\tx #2\n", "row 0: the line has no 'picture.jpg#0' before a tab")]
    [InlineData("a.jpg#0\tx\nb.jpg#0\tx\na.jpg#1\tx", "row 2: picture 'a.jpg' was there before, with other pictures between (line 3)")]
    public void A_bad_line_of_tokens_is_named(string text, string message) =>
        Assert.Contains(message, Bad(Catalog.LoadFlickr30kTokens(Write("a.token", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_csv_of_nlphuji_is_read_as_it_is()
    {
        string path = Write("flickr_annotations_30k.csv", """
            raw,sentids,split,filename,img_id
            "[""Two young guys with \u0022shaggy\u0022 hair."", ""Two men, outside.""]","[0, 1]",train,1000092795.jpg,0
            "[""A man.""]",[5],test,10002456.jpg,1

            """);
        IDataView data = Catalog.LoadCaptionCsv(path, "images");
        Assert.Equal(["0", "1"], Text(data, "Id"));
        Assert.Equal(Path.Combine("images", "1000092795.jpg"), Text(data, "Image")[0]);
        Assert.Equal([["Two young guys with \"shaggy\" hair.", "Two men, outside."], ["A man."]], Texts(data, "Captions"));
        Assert.Equal(["1"], Text(Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { Split = DataSplit.Test }), "Id"));
    }

    [Fact]
    public void Neighbouring_records_of_a_picture_are_one_row()
    {
        string path = Write("captions.txt", "\uFEFFimage,caption\r\na.jpg,\"One, two\"\r\na.jpg,\"three \"\"four\"\"\r\nfive\"\r\n\r\nb.jpg,[not a list\r\nc.jpg,");
        var empty = new List<BadRow>();
        IDataView data = Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { BadRows = BadRowHandling.Skip, OnBadRow = empty.Add });
        Assert.Equal(["a.jpg", "b.jpg"], Text(data, "Id"));
        Assert.Equal([["One, two", "three \"four\"\r\nfive"], ["[not a list"]], Texts(data, "Captions"));
        Assert.StartsWith("the row's caption is empty", Assert.Single(empty).Problem, StringComparison.Ordinal);
        IDataView tabs = Catalog.LoadCaptionCsv(Write("a.tsv", "what\twhere\nx, y\ta.png\n"), new CaptionCsvOptions { ImageColumn = "where", CaptionColumn = "what" });
        Assert.Equal([["x, y"]], Texts(tabs, "Captions"));
        Assert.Equal([["x"]], Texts(Catalog.LoadCaptionCsv(Write("b.csv", "image|text\na|x"), new CaptionCsvOptions { Separator = '|' }), "Captions"));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a,b\n1,2", "it has no column 'image' or 'image_path' or")]
    [InlineData("image,caption\na", "row 0: the record has 1 fields, the head 2 (line 2)")]
    [InlineData("image,caption\na,b\nc,d,e", "row 1: the record has 3 fields, the head 2 (line 3)")]
    [InlineData("image,caption\na,\"b", "row 0: a quotation mark is not closed before the end of the file (line 2)")]
    [InlineData("image,caption\na,\"b\"c\n", "row 0: field 2 goes on behind its closing quotation mark (line 2)")]
    [InlineData("image,caption\na,\"[null]\"\n", "row 0: a caption in the list is null")]
    [InlineData("image,caption,split\na,b,x\n", "row 0: 'split' is 'x'")]
    public void A_bad_record_is_named(string text, string message) =>
        Assert.Contains(message, Bad(Catalog.LoadCaptionCsv(Write("a.csv", text), new CaptionCsvOptions { Split = text.Contains("split", StringComparison.Ordinal) ? DataSplit.Test : DataSplit.All })).Message, StringComparison.Ordinal);

    [Fact]
    public void Records_in_another_encoding_are_bad_rows()
    {
        string path = WriteBytes("a.csv", [.. "image,caption\na,caf"u8, 0xE9, .. "\nb,tea\n"u8]);
        Assert.Contains("row 0: field 2 is not valid text: it has broken UTF-8 (line 2)", Bad(Catalog.LoadCaptionCsv(path)).Message, StringComparison.Ordinal);
        Assert.Equal(["b"], Text(Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { BadRows = BadRowHandling.Skip }), "Id"));
    }

    [Fact]
    public void A_folder_gives_its_pictures_in_order()
    {
        Write("p/b.JPG", "");
        Write("p/a/z.png", "");
        Write("p/a/notes.txt", "");
        Write("p/c.webp", "");
        IDataView data = Catalog.LoadImageFolder(InFolder("p"));
        Assert.Equal(["Id", "Image", "ImagePath"], data.Schema.Select(c => c.Name));
        Assert.Equal(["a/z.png", "b.JPG", "c.webp"], Text(data, "Id"));
        Assert.Equal(InFolder("p/b.JPG"), Text(data, "Image")[1]);
        Assert.Equal(["b.JPG", "c.webp"], Text(Catalog.LoadImageFolder(InFolder("p"), new ImageFolderOptions { Recursive = false }), "Id"));
        Assert.Contains("There is no folder", Assert.Throws<DirectoryNotFoundException>(() => Catalog.LoadImageFolder(InFolder("q"))).Message, StringComparison.Ordinal);
        Assert.Contains("the folder has no pictures", Bad(Catalog.LoadImageFolder(InFolder("p"), new ImageFolderOptions { Extensions = [".gif"] })).Message, StringComparison.Ordinal);
    }
}
