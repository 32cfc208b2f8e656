using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Tests.Imaging;

namespace VlmMlNet.Tests.Data;

[Collection(nameof(MeasuresMemory))]
public class DataMemoryTests : CaptionParquetFiles
{
    [Fact]
    public void Memory_stays_flat_over_100_000_rows_of_json()
    {
        string path = InFolder("many.json");
        using (var writer = new LlavaJsonWriter(path))
        {
            for (int i = 0; i < 100_000; i++)
                writer.Write($"{i}", $"{i % 1000}/{i}.jpg", ["<image>\nDescribe.", $"picture {i}: a red square above a blue circle on a white ground"]);
        }
        (long rows, long growth) = Read(Catalog.LoadLlava(path, "images"), 20_000);
        Assert.Equal(100_000, rows);
        Assert.InRange(growth, long.MinValue, 1_000_000);
    }

    [Fact]
    public void Memory_stays_flat_over_the_row_groups_of_a_parquet_file()
    {
        var rows = new List<CaptionRow>();
        for (int i = 0; i < 2000; i++)
            rows.Add(new CaptionRow { image = new ImageStruct { bytes = new byte[8000] }, caption = [$"{i}"], img_id = $"{i}" });
        string path = WriteParquet("a.parquet", rows, Parquet.CompressionMethod.None);
        rows = [];
        Assert.InRange(new FileInfo(path).Length, 16_000_000, 20_000_000);
        (long read, long growth) = Read(Catalog.LoadCaptionParquet(path), 500);
        Assert.Equal(2000, read);
        Assert.InRange(growth, long.MinValue, 4_000_000);
    }

    /// <summary>Reads all rows; gives how far the memory in use rose above that before, looked at every so many rows.</summary>
    private static (long Rows, long Growth) Read(IDataView data, int every)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true), highest = 0, rows = 0;
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        Action get = Getter(cursor, data.Schema["Image"].Type is VectorDataViewType ? "Image" : "Conversation");
        while (cursor.MoveNext())
        {
            get();
            if (++rows % every == 0)
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
        }
        return (rows, highest - before);
    }

    private static Action Getter(DataViewRowCursor cursor, string column)
    {
        if (column == "Image")
        {
            ValueGetter<VBuffer<byte>> get = cursor.GetGetter<VBuffer<byte>>(cursor.Schema[column]);
            var value = default(VBuffer<byte>);
            return () => get(ref value);
        }
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> texts = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(cursor.Schema[column]);
        var turns = default(VBuffer<ReadOnlyMemory<char>>);
        return () => texts(ref turns);
    }
}
