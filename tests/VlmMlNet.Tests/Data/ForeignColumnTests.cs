using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Columns beside captions and questions that say that a row is about more than its one picture.</summary>
public sealed class ForeignColumnTests : CaptionParquetFiles
{
    [Fact]
    public void A_sound_or_a_second_picture_beside_captions_is_refused_by_name()
    {
        string path = WriteParquet("c.parquet", [
            new PairRow { image = Picture(1), caption = "a" },
            new PairRow { image = Picture(1), caption = "b", audio = new() { bytes = [7] } },
            new PairRow { image = Picture(1), caption = "c", image2 = Picture(2) },
            new PairRow { image = Picture(1), caption = "d", image2 = new(), audio = new(), after = [] },
            new PairRow { image = Picture(1), caption = "e", after = [new() { path = "x.png" }] }]);
        Assert.StartsWith($"{path}, row 1: the row has 'audio': this row is about a sound recording.", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        var left = new BadRowList();
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = left.Add });
        Assert.Equal([["a"], ["d"]], Texts(data, "Captions"));
        Assert.Equal([(1L, "the row has 'audio': this row is about a sound recording"), (2, "the row has 'image2': this row is about more pictures than one"), (4, "the row has 'after': this row is about more pictures than one")],
            left.First.Select(row => (row.Row, row.Problem)));
        Assert.Equal((2L, 3L), (Catalog.Validate(path, new DataValidationOptions { Images = ImageCheck.None }) is var found ? found.Rows : 0, found!.BadRows));
    }

    [Fact]
    public void Whoever_names_the_column_of_pictures_leaves_out_the_others()
    {
        string path = WriteParquet("c.parquet", [new PairRow { image = Picture(1), image2 = Picture(2), caption = "a" }]);
        Assert.EndsWith("A model is shown one: Columns.Image names the column of that one. Leave others out, by skipping bad rows or in the file.", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains("ImageColumn names the column", Bad(Catalog.LoadCaptionParquet(path)).Message, StringComparison.Ordinal);
        Assert.Equal([[2]], Bytes(Catalog.Load(path, new DataLoadOptions { Columns = new() { Image = "image2" } }), "Image"));
        Assert.Equal([[1]], Bytes(Catalog.Load(path, new DataLoadOptions { Columns = new() { Image = "image" } }), "Image"));
    }

    [Theory]
    [InlineData("c.csv", "image,image_2,caption\na.jpg,,A\nb.jpg,c.jpg,B\n", "image_2")]
    [InlineData("c.csv", "image,audio,caption\na.jpg,nan,A\nb.jpg,c.wav,B\n", "audio")]
    [InlineData("c.json", """[{"image":"a.jpg","caption":"A"},{"image":"b.jpg","image_2":"c.jpg","caption":"B"}]""", "image_2")]
    [InlineData("c.json", """[{"image":"a.jpg","question":"q","answer":"A"},{"image":"b.jpg","image2":"c.jpg","question":"q","answer":"A"}]""", "image2")]
    [InlineData("c.json", """[{"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"A"}]},{"image":"b.jpg","image2":"c.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"A"}]}]""", "image2")]
    public void Text_formats_refuse_them_as_parquet_does(string name, string content, string column)
    {
        string path = Write(name, content);
        Assert.Contains($"row 1: the row has '{column}': this row is about", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([InFolder("a.jpg")], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Image"));
        if (column.StartsWith("image", StringComparison.Ordinal))
            Assert.Equal(2, Count(Catalog.Load(path, new DataLoadOptions { Columns = new() { Image = "image" } })));
    }

    [Fact]
    public void A_list_of_pictures_that_are_empty_is_no_row_of_text()
    {
        List<ParquetPictureTests.Pair> texts = [new() { user = "q", assistant = "a" }];
        string path = WriteParquet("t.parquet", [
            new ParquetConversationTests.Cauldron { images = [new()], texts = texts },
            new ParquetConversationTests.Cauldron { images = [], texts = texts },
            new ParquetConversationTests.Cauldron { images = [new() { bytes = [1] }], texts = texts }]);
        Assert.StartsWith($"{path}, row 0: the only picture in column 'images' is empty: it has neither bytes nor path. A row of text alone has an empty list, or null.", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal([["q", "a"], ["<image>\nq", "a"]], Texts(data, "Conversation"));
        Assert.Equal([[], [1]], Bytes(data, "Image"));
        string json = Write("t.json", """[{"images":[""],"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}]""");
        Assert.Contains("'images' lists a picture without a name", Bad(Catalog.Load(json)).Message, StringComparison.Ordinal);
    }

    private static ImageStruct Picture(byte content) => new() { bytes = [content] };

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class PairRow
    {
        public ImageStruct? image { get; set; }

        public ImageStruct? image2 { get; set; }

        public ImageStruct? audio { get; set; }

        public List<ImageStruct>? after { get; set; }

        public string? caption { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
