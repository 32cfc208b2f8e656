using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Where pictures are in parquet files: embedded, in files, in lists, or nowhere.</summary>
public class ParquetPictureTests : CaptionParquetFiles
{
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    [Fact]
    public void A_column_of_texts_holds_paths()
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", "a.jpg", "sub/b.jpg").AddTexts("caption", "one", "two").ToBytes());
        IDataView data = Catalog.Load(path, out DataFormat format);
        Assert.Equal(DataFormat.CaptionParquet, format);
        Assert.Equal(TextDataViewType.Instance, data.Schema["Image"].Type);
        Assert.Equal([InFolder("a.jpg"), InFolder("sub/b.jpg")], Text(data, "Image"));
        Assert.Equal(Text(data, "Image"), Text(data, "ImagePath"));
        Assert.Equal([Path.Combine("elsewhere", "a.jpg"), Path.Combine("elsewhere", "sub/b.jpg")], Text(Catalog.Load(path, "elsewhere"), "Image"));
    }

    [Fact]
    public void A_struct_without_bytes_points_at_a_file()
    {
        string path = WriteParquet("a.parquet", [Row("0", null, "a.jpg"), Row("1", [7], "recorded.jpg"), Row("2", [], "a.jpg")]);
        WriteBytes("a.jpg", [1, 2, 3]);
        IDataView data = Catalog.Load(path);
        Assert.Equal([[1, 2, 3], [7], [1, 2, 3]], Bytes(data, "Image"));
        Assert.Equal([InFolder("a.jpg"), "recorded.jpg", InFolder("a.jpg")], Text(data, "ImagePath"));
        File.Delete(InFolder("a.jpg"));
        Assert.Contains(InFolder("a.jpg"), Assert.Throws<FileNotFoundException>(() => Bytes(data, "Image")).Message, StringComparison.Ordinal);
        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.Header });
        Assert.Equal(1, found.Images!.Missing);
        Assert.Equal((0L, InFolder("a.jpg")), found.Problems.Where(p => p.Source == InFolder("a.jpg")).Select(p => (p.Row!.Value, p.Source)).Single());
    }

    [Fact]
    public void A_row_without_picture_is_bad_whichever_columns_are_asked_for()
    {
        List<CaptionRow> rows = [Row("0", null, null), Row("1", [7], null), new CaptionRow { img_id = "2", caption = ["c"] }, Row("3", [8], "x"), Row("4", [], null)];
        string path = WriteParquet("a.parquet", rows);
        Assert.Equal($"{path}, row 0: the row has no picture. Leave such rows out, by skipping bad rows or in the file.", Bad(Catalog.Load(path)).Message);
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(["1", "3"], Text(data, "Id"));
        Assert.Equal([[7], [8]], Bytes(data, "Image"));
        Assert.Equal(["", "x"], Text(data, "ImagePath"));
        DataValidation found = Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None });
        Assert.Equal((2, 3), (found.Rows, found.BadRows));
        Assert.Equal([0, 2, 4], found.Problems.Select(p => p.Row!.Value));
    }

    [Fact]
    public void A_question_without_picture_is_bad_and_a_conversation_without_one_is_text()
    {
        string questions = WriteParquet("q.parquet", [new VqaTests.VqaFile { question = "q", answer = "a", image = new() }]);
        Assert.Contains("row 0: the row has no picture", Bad(Catalog.Load(questions)).Message, StringComparison.Ordinal);
        string talk = WriteParquet("l.parquet", [new LlavaParquetTests.Row { image = new(), conversations = [new() { from = "human", value = "q" }, new() { from = "gpt", value = "a" }] }]);
        Assert.Equal([""], Text(Catalog.Load(talk), "ImagePath"));
        Assert.Empty(Assert.Single(Bytes(Catalog.Load(talk), "Image")));
    }

    [Fact]
    public void Bytes_that_are_not_called_text_are_told_by_what_they_are()
    {
        WriteBytes("a.jpg", [1, 2, 3]);
        string path = WriteBytes("a.parquet", new FlatParquet().Add("image", FlatParquet.ByteArray, ["a.jpg"u8.ToArray(), s_png, [1, 2, 3, 4]]).AddTexts("caption", "a", "b", "c").ToBytes());
        IDataView data = Catalog.Load(path);
        Assert.Equal([[1, 2, 3], s_png, [1, 2, 3, 4]], Bytes(data, "Image"));
        Assert.Equal([InFolder("a.jpg"), "", ""], Text(data, "ImagePath"));
    }

    [Fact]
    public void A_text_that_is_no_path_is_a_bad_row()
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", new string('A', 5000)).AddTexts("caption", "a").ToBytes());
        Assert.Contains("row 0: column 'image' has a text of 5000 characters, which is no path of a picture", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embedded_pictures_are_passed_over_page_by_page()
    {
        List<CaptionRow> rows = [.. Enumerable.Range(0, 3000).Select(i => Row($"{i}", [.. BitConverter.GetBytes(i), .. new byte[2000]], i % 1000 == 999 ? null : $"{i}.png"))];
        rows[1500].image = null;
        string path = WriteParquet("a.parquet", rows);
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(2999, Text(data, "Id").Length);
        Assert.Equal([.. Enumerable.Range(0, 3000).Where(i => i != 1500)], Bytes(data, "Image").Select(b => BitConverter.ToInt32(b)));
    }

    [Fact]
    public void A_list_of_one_picture_is_that_picture()
    {
        string structs = WriteParquet("s.parquet", [new ManyPictures { images = [new() { bytes = [1, 2], path = "x" }], texts = [new() { user = "q", assistant = "a" }] }]);
        Assert.Equal([1, 2], Assert.Single(Bytes(Catalog.Load(structs), "Image")));
        Assert.Equal(["x"], Text(Catalog.Load(structs), "ImagePath"));
        string paths = WriteParquet("p.parquet", [new ManyPaths { images = ["a.jpg"], caption = "c" }, new ManyPaths { images = ["b.jpg"], caption = "d" }]);
        Assert.Equal([InFolder("a.jpg"), InFolder("b.jpg")], Text(Catalog.Load(paths), "Image"));
    }

    [Fact]
    public void A_list_of_several_pictures_is_a_bad_row()
    {
        string path = WriteParquet("s.parquet", [
            new ManyPictures { images = [new() { bytes = [1] }, new() { bytes = [2] }], texts = [new() { user = "q", assistant = "a" }] },
            new ManyPictures { images = [], texts = [new() { user = "q", assistant = "a" }] },
            new ManyPictures { images = [new() { bytes = [3] }], texts = [new() { user = "q", assistant = "a" }] }]);
        Assert.StartsWith($"{path}, row 0: the row has 2 images in column 'images', and one is read", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal([[], [3]], Bytes(data, "Image"));
        Assert.Equal([["q", "a"], ["<image>\nq", "a"]], Texts(data, "Conversation"));
    }

    [Fact]
    public void Several_paths_in_a_row_are_read_where_they_are_allowed()
    {
        string path = WriteParquet("p.parquet", [new TalkOfPaths { images = ["a.jpg", "b.jpg"], messages = [new() { role = "user", content = "<image> or <image>?" }, new() { role = "assistant", content = "a" }] }]);
        Assert.Contains("the row has 2 images", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([InFolder("a.jpg"), InFolder("b.jpg")], Assert.Single(Texts(Catalog.LoadLlava(path, new LlavaOptions { MaxImages = 2 }), "Image")));
    }

    private static CaptionRow Row(string id, byte[]? bytes, string? path) => new() { img_id = id, caption = ["c"], image = new() { bytes = bytes, path = path } };

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class Pair
    {
        public string? user { get; set; }

        public string? assistant { get; set; }

        public string? source { get; set; }
    }

    public sealed class ManyPictures
    {
        public List<ImageStruct>? images { get; set; }

        public List<Pair>? texts { get; set; }
    }

    public sealed class ManyPaths
    {
        public List<string>? images { get; set; }

        public string? caption { get; set; }
    }

    public sealed class Message
    {
        public string? role { get; set; }

        public string? content { get; set; }
    }

    public sealed class TalkOfPaths
    {
        public List<string>? images { get; set; }

        public List<Message>? messages { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
