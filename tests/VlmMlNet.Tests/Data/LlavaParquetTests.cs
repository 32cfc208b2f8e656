using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>As LLaVA-ReCap-558K and LLaVA-NeXT-Data are published.</summary>
public class LlavaParquetTests : CaptionParquetFiles
{
    [Fact]
    public void Conversations_with_embedded_pictures_and_text_rows_are_read()
    {
        string path = WriteParquet("train-00000-of-00001.parquet", Rows());
        IDataView data = Catalog.LoadLlava(path);
        Assert.Equal(["Id", "Image", "ImagePath", "Conversation", "SystemPrompt"], data.Schema.Select(c => c.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte), data.Schema["Image"].Type);
        Assert.Equal(3, data.GetRowCount());
        Assert.Equal(["1", "2", "3"], Text(data, "Id"));
        Assert.Equal([[1, 2, 3], [], [7]], Bytes(data, "Image"));
        Assert.Equal(["1.jpg", "", ""], Text(data, "ImagePath"));
        Assert.Equal([["<image>\nq", "a"], ["q", "a", "q2", "a2"], ["q <image>", "a"]], Texts(data, "Conversation"));
    }

    [Fact]
    public void Bad_rows_are_the_same_whichever_columns_are_active()
    {
        List<Row> rows = Rows();
        rows[0].conversations![0].value = "no place";
        rows[1].conversations = null;
        string path = WriteParquet("a.parquet", rows);
        Assert.StartsWith($"{path}, row 0: the conversation has <image> nowhere, but the row has 1 image.", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
        IDataView data = Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip });
        Assert.Equal(["3"], Text(data, "Id"));
        Assert.Equal([7], Assert.Single(Bytes(data, "Image")));
        Assert.Single(Texts(data, "Conversation"));
    }

    [Fact]
    public void Shards_are_one_data_set_with_a_known_number_of_rows()
    {
        WriteParquet("train-00000.parquet", Rows());
        WriteParquet("train-00001.parquet", Rows());
        IDataView data = Catalog.LoadLlava(InFolder("train-*.parquet"));
        Assert.Equal(6, data.GetRowCount());
        Assert.Equal(["1", "2", "3", "1", "2", "3"], Text(data, "Id"));
        WriteParquet("train-00002.parquet", CaptionParquetFiles.Rows(3));
        Assert.Contains("it has no column 'conversations'", Assert.Throws<MalformedInputException>(() => Catalog.LoadLlava(InFolder("train-*.parquet"))).Message, StringComparison.Ordinal);
        File.Delete(InFolder("train-00002.parquet"));
        Write("train-00002.parquet", "[]");
        Assert.Contains("its columns are not those of", Assert.Throws<MalformedInputException>(() => Catalog.LoadLlava(InFolder("train-*.parquet"))).Message, StringComparison.Ordinal);
    }

    private static List<Row> Rows() =>
    [
        new() { id = "1", image = new() { bytes = [1, 2, 3], path = "1.jpg" }, conversations = [new() { from = "human", value = "<image>\nq" }, new() { from = "gpt", value = "a" }], data_source = "x" },
        new() { id = "2", conversations = [new() { from = "human", value = "q" }, new() { from = "gpt", value = "a" }, new() { from = "human", value = "q2" }, new() { from = "gpt", value = "a2" }] },
        new() { id = "3", image = new() { bytes = [7] }, conversations = [new() { from = "human", value = "q <image>" }, new() { from = "gpt", value = "a" }] },
    ];

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class Turn
    {
        public string from { get; set; } = "";

        public string value { get; set; } = "";
    }

    public sealed class Row
    {
        public string id { get; set; } = "";

        public ImageStruct? image { get; set; }

        public List<Turn>? conversations { get; set; }

        public string? data_source { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
