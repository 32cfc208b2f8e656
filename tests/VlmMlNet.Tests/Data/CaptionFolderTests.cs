using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Pictures with captions beside them: Hugging Face's imagefolder, and a text for each picture.</summary>
public class CaptionFolderTests : CaptionParquetFiles
{
    [Theory]
    [InlineData("metadata.jsonl", "{\"file_name\": \"a.jpg\", \"text\": \"one\"}\n{\"text\": [\"two\", \"three\"], \"file_name\": \"sub/b.jpg\", \"license\": {\"id\": 1}}\n", DataFormat.CaptionJson)]
    [InlineData("metadata.jsonl", "\uFEFF{\"File Name\": \"a.jpg\", \"Caption\": \"one\"}\r\n\r\n{\"File Name\": \"sub/b.jpg\", \"Caption\": \"['two', 'three']\"}\r\n", DataFormat.CaptionJson)]
    [InlineData("metadata.csv", "file_name,text\na.jpg,one\nsub/b.jpg,two\nsub/b.jpg,three\n", DataFormat.CaptionCsv)]
    [InlineData("metadata.csv", "file_name,label\na.jpg,one\nsub/b.jpg,\"[\"\"two\"\", \"\"three\"\"]\"\n", DataFormat.CaptionCsv)]
    public void The_metadata_of_an_imagefolder_is_read_as_a_file_and_as_its_folder(string name, string content, DataFormat format)
    {
        string file = Write("set/" + name, content);
        Write("set/a.jpg", "");
        foreach (string path in (string[])[file, InFolder("set"), InFolder("set") + Path.DirectorySeparatorChar])
        {
            var data = Catalog.Load(path, out DataFormat found);
            Assert.Equal(format, found);
            Assert.Equal(["a.jpg", "sub/b.jpg"], Text(data, "Id"));
            Assert.Equal([InFolder("set/a.jpg"), InFolder("set/sub/b.jpg")], Text(data, "Image").Select(Path.GetFullPath));
            Assert.Equal([["one"], ["two", "three"]], Texts(data, "Captions"));
        }
        Assert.Equal((2, 0, format.ToString()), (Catalog.Validate(InFolder("set"), new DataValidationOptions { Images = ImageCheck.None }).Rows, Catalog.Validate(file, new DataValidationOptions { Images = ImageCheck.None }).BadRows, Catalog.Validate(InFolder("set")).Format));
    }

    [Fact]
    public void Lists_of_pictures_with_captions_as_one_array_are_read()
    {
        string path = Write("coco_karpathy_test.json", """[{"image_id": 5, "image": "val2014/a.jpg", "caption": ["one", "two"]}, {"image": "val2014/b.jpg", "caption": "three", "split": "test"}]""");
        var data = Catalog.Load(path, out DataFormat format);
        Assert.Equal(DataFormat.CaptionJson, format);
        Assert.Equal(["5", "val2014/b.jpg"], Text(data, "Id"));
        Assert.Equal([["one", "two"], ["three"]], Texts(data, "Captions"));
        Assert.Equal("CaptionJson", Catalog.Validate(path).Format);
        Assert.Contains("row 0: 'split' is missing", Bad(Catalog.Load(path, new DataLoadOptions { Split = DataSplit.Test })).Message, StringComparison.Ordinal);
        Assert.Equal(["val2014/b.jpg"], Text(Catalog.Load(path, new DataLoadOptions { Split = DataSplit.Test, BadRows = BadRowHandling.Skip }), "Id"));
    }

    [Theory]
    [InlineData("""{"file_name": "b.jpg"}""", "'caption' is missing")]
    [InlineData("""{"text": "x"}""", "'image' is missing")]
    [InlineData("""{"file_name": "b.jpg", "text": null}""", "'text' is null where a string is expected")]
    [InlineData("""{"file_name": "b.jpg", "text": ["x", 5]}""", "'text[1]' is a number where a string is expected")]
    [InlineData("""{"file_name": "b.jpg", "text": "['x'"}""", "the list of captions cannot be read")]
    [InlineData("""{"file_name": "b.jpg", "label": 3}""", "'label' is a number where a string is expected")]
    [InlineData("""{"file_name": "b.jpg", "text": "x" """, "the line is not valid JSON")]
    public void A_bad_line_of_metadata_is_named(string line, string message)
    {
        string path = Write("metadata.jsonl", "{\"file_name\": \"a.jpg\", \"text\": \"one\"}\n" + line + "\n");
        Assert.Contains($"row 1: {message}", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(["a.jpg"], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Id"));
    }

    [Fact]
    public void Numbers_of_classes_are_no_captions()
    {
        string path = Write("metadata.csv", "file_name,label\na.jpg,3\n");
        Assert.Contains("row 0: 'label' is a number, not a caption", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([["3"]], Texts(Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { CaptionColumn = "label" }), "Captions"));
    }

    [Fact]
    public void Folders_within_are_parts_of_a_data_set()
    {
        Write("set/train/metadata.jsonl", """{"file_name": "a.jpg", "text": "one"}""");
        Write("set/validation/metadata.jsonl", """{"file_name": "b.jpg", "text": "two"}""");
        Write("set/test/deeper/metadata.jsonl", """{"file_name": "c.jpg", "text": "three"}""");
        string set = InFolder("set");
        Assert.Equal(["c.jpg", "a.jpg", "b.jpg"], Text(Catalog.Load(set), "Id"));
        Assert.Equal(["a.jpg"], Text(Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Train }), "Id"));
        Assert.Equal(["b.jpg"], Text(Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Validation }), "Id"));
        Assert.Equal([InFolder("set/test/deeper/c.jpg")], Text(Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Test }), "Image"));
        Write("set/train/metadata.csv", "file_name,text\nz.jpg,z");
        Assert.Contains("it has both metadata.csv and metadata.jsonl", Assert.Throws<MalformedInputException>(() => Catalog.Load(set)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_and_parts_may_be_parquet()
    {
        Write("set/a.jpg", "");
        WriteParquet("set/metadata.parquet", [new MetadataRow { file_name = "a.jpg", text = "one" }]);
        Directory.CreateDirectory(InFolder("parts/test"));
        WriteParquet("parts/test/metadata.parquet", [new MetadataRow { file_name = "b.jpg", text = "two" }]);
        Assert.Equal([["one"]], Texts(Catalog.Load(InFolder("set")), "Captions"));
        Assert.Equal([InFolder("parts/test/b.jpg")], Text(Catalog.Load(InFolder("parts")), "Image"));
        Assert.Equal([["two"]], Texts(Catalog.Load(InFolder("parts"), new DataLoadOptions { Split = DataSplit.Test }), "Captions"));
        Directory.CreateDirectory(InFolder("shards/train"));
        WriteParquet("shards/train/0000.parquet", Rows(3));
        Assert.Equal(3, Count(Catalog.Load(InFolder("shards"), new DataLoadOptions { Split = DataSplit.Train })));
    }

    [Fact]
    public void A_text_beside_each_picture_holds_its_captions()
    {
        Write("set/a.jpg", "");
        Write("set/a.txt", "\uFEFFone\r\n\r\n two \n");
        Write("set/more/b.png", "");
        Write("set/more/b.caption", "three");
        Write("set/notes.txt", "no picture");
        var data = Catalog.Load(InFolder("set"), out DataFormat format);
        Assert.Equal(DataFormat.CaptionFolder, format);
        Assert.Equal(["Id", "Image", "ImagePath", "Captions"], data.Schema.Select(c => c.Name));
        Assert.Equal(["a.jpg", "more/b.png"], Text(data, "Id"));
        Assert.Equal(InFolder("set/more/b.png"), Text(data, "Image")[1]);
        Assert.Equal([["one", "two"], ["three"]], Texts(data, "Captions"));
        Assert.Equal(["more/b.png", "a.jpg"], Text(Context.Data.ShuffleRows(data, seed: 2), "Id").OrderDescending());
        Assert.Equal(["a.jpg", "more/b.png"], Text(Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [path: set]")), "Id"));
        Assert.Equal("CaptionFolder", Catalog.Validate(InFolder("set")).Format);
    }

    [Fact]
    public void Parts_may_be_folders_of_pictures_with_texts()
    {
        foreach (string part in (string[])["train", "val", "test"])
        {
            Write($"set/{part}/{part}.jpg", "");
            Write($"set/{part}/{part}.txt", part);
        }
        Assert.Equal(3, Count(Catalog.Load(InFolder("set"))));
        Assert.Equal([["val"]], Texts(Catalog.Load(InFolder("set"), new DataLoadOptions { Split = DataSplit.Validation }), "Captions"));
        Directory.Delete(InFolder("set/val"), recursive: true);
        Assert.Contains("the part Validation is asked for, but CaptionFolder does not say which rows these are", Assert.Throws<MalformedInputException>(() => Catalog.Load(InFolder("set"), new DataLoadOptions { Split = DataSplit.Validation })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "there is no b.txt or b.caption beside it. Each picture has one file of captions, a line each.")]
    [InlineData("x", "y", "there are both b.txt and b.caption beside it")]
    [InlineData(" \n", null, "b.txt is empty")]
    [InlineData("caf\u00e9", null, "b.txt is not valid text: it has broken UTF-8")]
    public void A_picture_without_its_text_is_a_bad_row(string? text, string? caption, string problem)
    {
        foreach (string name in (string[])["a", "b", "c"])
            Write($"set/{name}.jpg", "");
        Write("set/a.txt", "one");
        Write("set/c.txt", "three");
        if (text is not null)
            WriteBytes("set/b.txt", System.Text.Encoding.Latin1.GetBytes(text));
        if (caption is not null)
            Write("set/b.caption", caption);
        Assert.Contains($"row 1: picture 'b.jpg': {problem}", Bad(Catalog.Load(InFolder("set"))).Message, StringComparison.Ordinal);
        var list = new BadRowList();
        Assert.Equal([["one"], ["three"]], Texts(Catalog.Load(InFolder("set"), new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = list.Add }), "Captions"));
        Assert.Equal(1, Assert.Single(list.First).Row);
    }

#pragma warning disable IDE1006, CA1034 // columns of the file
    public sealed class MetadataRow
    {
        public string? file_name { get; set; }

        public string? text { get; set; }
    }
#pragma warning restore IDE1006, CA1034
}
