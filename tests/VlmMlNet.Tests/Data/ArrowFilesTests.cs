using Microsoft.ML;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Files that Arrow wrote, as those of Hugging Face data sets are; see arrow/README.md.</summary>
public class ArrowFilesTests : DataTest
{
    internal static string FilePath(string name) => RepositoryFiles.Path("tests", "VlmMlNet.Tests", "Data", "arrow", $"{name}.parquet");

    [Theory]
    [InlineData("brotli-v1")]
    [InlineData("delta-byte")]
    [InlineData("delta-length")]
    [InlineData("gzip-v1-tiny")]
    [InlineData("none-v2")]
    [InlineData("snappy-v1")]
    [InlineData("zstd-v2")]
    public void Every_way_of_writing_gives_the_same_rows(string name)
    {
        IDataView llava = Catalog.LoadLlava(FilePath(name)), captions = Catalog.LoadCaptionParquet(FilePath(name), new CaptionParquetOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(18, llava.GetRowCount());
        Assert.Equal(Enumerable.Range(0, 18).Select(i => $"{i}"), Text(llava, "Id"));
        byte[][] images = Bytes(llava, "Image");
        string[] paths = Text(llava, "ImagePath");
        string[][] conversations = Texts(llava, "Conversation"), lists = Texts(captions, "Captions");
        int caption = 0;
        for (int row = 0; row < 18; row++)
        {
            bool hasImage = row % 5 != 4;
            Assert.Equal(hasImage, images[row].Length > 0);
            for (int i = 0; i < images[row].Length; i++)
                Assert.Equal((byte)(row + i), images[row][i]);
            Assert.Equal(hasImage && row % 3 != 0 ? $"{row}.jpg" : "", paths[row]);
            var turns = new List<string>();
            for (int turn = 0; turn < 1 + row % 3; turn++)
            {
                turns.Add((turn == 0 && hasImage ? "<image>\n" : "") + $"question {turn} of {row}");
                turns.Add($"answer {turn} of {row} " + new string('y', row % 5));
            }
            Assert.Equal(turns, conversations[row]);
            if (hasImage)   // a row of captions without a picture is a bad one
                Assert.Equal(row % 7 == 6 ? [] : Enumerable.Range(0, row % 4).Select(c => $"caption {c} of {row}"), lists[caption++]);
        }
        Assert.Equal(caption, lists.Length);
    }

    [Fact]
    public void A_compression_that_is_not_read_is_named_with_what_to_do()
    {
        string path = FilePath("lz4-v1");
        Assert.Equal($"{path}, row 0: its pages are compressed with Lz4Raw, which is not read here. Write the file again, compressed with snappy or zstd.", Bad(Catalog.LoadLlava(path)).Message);
    }
}
