using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class CaptionParquetTests : CaptionParquetFiles
{
    [Fact]
    public void Rows_written_by_another_library_are_read()
    {
        string path = WriteParquet("flickr.parquet", Rows(250));
        IDataView data = Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { TextColumns = ["filename"] });
        Assert.Equal(["Id", "Image", "ImagePath", "Captions", "filename"], data.Schema.Select(c => c.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte), data.Schema["Image"].Type);
        Assert.Equal(250, data.GetRowCount());
        byte[][] images = Bytes(data, "Image");
        string[] paths = Text(data, "ImagePath"), ids = Text(data, "Id"), names = Text(data, "filename");
        string[][] captions = Texts(data, "Captions");
        List<CaptionRow> expected = Rows(250);
        for (int i = 0; i < 250; i++)
        {
            Assert.Equal(expected[i].image?.bytes ?? [], images[i]);
            Assert.Equal(expected[i].image?.path ?? "", paths[i]);
            Assert.Equal(expected[i].caption ?? [], captions[i]);
            Assert.Equal(expected[i].img_id, ids[i]);
            Assert.Equal(expected[i].filename ?? "", names[i]);
        }
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    public void Every_common_compression_is_read(CompressionMethod method)
    {
        IDataView data = Catalog.LoadCaptionParquet(WriteParquet("a.parquet", Rows(50), method));
        Assert.Equal(Rows(50).Select(r => r.image?.bytes ?? []), Bytes(data, "Image"));
    }

    [Fact]
    public void Pictures_are_not_read_where_they_are_not_asked_for()
    {
        string path = WriteParquet("a.parquet", Rows(50), CompressionMethod.None);
        byte[] bytes = File.ReadAllBytes(path);
        int picture = bytes.AsSpan().IndexOf(Rows(50)[0].image!.bytes);
        Array.Clear(bytes, 4, picture); // the first column's page headers
        File.WriteAllBytes(path, bytes);
        IDataView data = Catalog.LoadCaptionParquet(path);
        Assert.Equal(50, Text(data, "Id").Length);
        Assert.Throws<MalformedInputException>(() => Bytes(data, "Image"));
    }

    [Fact]
    public void A_null_caption_is_a_bad_row()
    {
        List<CaptionRow> rows = Rows(5);
        rows[3].caption = ["fine", null!];
        string path = WriteParquet("a.parquet", rows);
        Assert.Equal($"{path}, row 3: element 1 of column 'caption.list.element' is null.", Bad(Catalog.LoadCaptionParquet(path)).Message);
        var bad = new List<BadRow>();
        IDataView data = Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Null(data.GetRowCount());
        Assert.Equal(["0", "1", "2", "4"], Text(data, "Id"));
        Assert.Equal(3, Assert.Single(bad).Row);
    }

    [Fact]
    public void Columns_can_have_other_names_and_captions_can_be_single()
    {
        string path = WriteParquet("a.parquet", [new PlainRow { jpg = [1, 2, 3], text = "a dog", number = 7 }]);
        IDataView data = Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { ImageColumn = "jpg", CaptionColumn = "text", IdColumn = "number" });
        Assert.Equal(["7"], Text(data, "Id"));
        Assert.Equal(["a dog"], Assert.Single(Texts(data, "Captions")));
        Assert.Equal([1, 2, 3], Assert.Single(Bytes(data, "Image")));
    }

    [Fact]
    public void A_column_that_is_not_there_or_of_another_kind_is_an_error_that_lists_the_columns()
    {
        string path = WriteParquet("a.parquet", Rows(5));
        Assert.Equal($"{path}: it has no column 'captions', which CaptionColumn names. Did you mean 'caption'? Its columns are 'image', 'caption', 'img_id', 'filename'.",
            Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { CaptionColumn = "captions" })).Message);
        string plain = WriteParquet("b.parquet", [new PlainRow { text = "x" }]);
        Assert.Contains("its column 'number' holds no pictures",
            Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(plain, new CaptionParquetOptions { ImageColumn = "number", CaptionColumn = "text" })).Message, StringComparison.Ordinal);
        Assert.Contains("its column 'image' holds no texts",
            Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { CaptionColumn = "image" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_parquet_file_is_an_error()
    {
        Assert.Throws<FileNotFoundException>(() => Catalog.LoadCaptionParquet(InFolder("nope.parquet")));
        string path = Write("a.parquet", "[{\"id\": 1}]");
        Assert.Equal($"{path}: it is too short for a parquet file. The file may be damaged or cut off: fetch or write it again.",
            Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(path)).Message);
        Write("a.parquet", new string('x', 100));
        Assert.Contains("does not start as a parquet file does", Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(path)).Message, StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(WriteParquet("b.parquet", Rows(5)));
        Assert.Contains("does not end as a parquet file does", Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(WriteBytes("c.parquet", bytes[..^20]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_pictures_with_captions_are_read()
    {
        IDataView data = Catalog.LoadCaptionParquet(SharedData.Path("data", "emoji", "emoji-test.parquet"), new CaptionParquetOptions { TextColumns = ["concept"] });
        Assert.Equal(1627, data.GetRowCount());
        byte[][] images = Bytes(data, "Image");
        Assert.Equal(1627, images.Length);
        Assert.All(images, image => Assert.True(image.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])));
        Assert.Equal(3762, Texts(data, "Captions").Sum(c => c.Length));
        Assert.Equal(1627, Text(data, "concept").Distinct().Count());
        Assert.Equal(1627, Text(data, "Id").Distinct().Count());
    }
}
