using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using VlmMlNet.Data;

namespace VlmMlNet.Tests.Data;

/// <summary>Damaged files give rows, skipped rows or a MalformedInputException: never another exception, a hang or memory
/// out of proportion. VLM_FUZZ=N tries N files of each format instead of a few hundred.</summary>
public class FuzzTests : CaptionParquetFiles
{
    private const long MaxAllocated = 200_000_000;
    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(10);

    private static int Files(int few) => int.TryParse(Environment.GetEnvironmentVariable("VLM_FUZZ"), out int many) ? many : few;

    [Fact]
    public void Llava_json()
    {
        byte[] file = """
            [{"id": "000000001", "image": "00000/1.jpg", "conversations": [{"from": "human", "value": "Describe.\n<image>"}, {"from": "gpt", "value": "a \u2014 kite"}]},
            {"id": 3, "conversations": [{"from": "human", "value": "2 + 2?"}, {"from": "gpt", "value": "4"}], "model": ""},
            {"image": null, "conversations": [{"value": "Hi", "from": "human"}, {"value": "Hello", "from": "gpt"}], "x": {"a": [1.5e3, true, null]}}]
            """u8.ToArray();
        Run(file, "a.json", 500, (path, bad) => Catalog.LoadLlava(path, new LlavaOptions { BadRows = bad }));
    }

    [Fact]
    public void Coco_captions_json()
    {
        byte[] file = """
            {"info": {"year": 2014}, "images": [{"license": 3, "file_name": "COCO_val2014_000000000042.jpg", "height": 360, "width": 640, "id": 42}, {"file_name": "b.jpg", "id": 7}],
             "licenses": [{"id": 1}], "annotations": [{"image_id": 7, "id": 38, "caption": "Two cats."}, {"image_id": 42, "id": 37, "caption": "A dog."}]}
            """u8.ToArray();
        Run(file, "a.json", 500, (path, bad) => Catalog.LoadCocoCaptions(path, new CocoCaptionsOptions { BadRows = bad }));
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    public void Caption_parquet(CompressionMethod method)
    {
        byte[] file = File.ReadAllBytes(WriteParquet("good.parquet", Rows(12), method));
        Run(file, "a.parquet", 120, (path, bad) => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { BadRows = bad, TextColumns = ["filename"] }));
    }

    private void Run(byte[] file, string name, int few, Func<string, BadRowHandling, IDataView> load)
    {
        int readable = 0, refused = 0;
        for (int seed = 0; seed < Files(few); seed++)
        {
            string path = WriteBytes(name, new Mutator(seed).Mutate(file));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                ReadAll(load(path, seed % 2 == 0 ? BadRowHandling.Fail : BadRowHandling.Skip));
                readable++;
            }
            catch (MalformedInputException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {name}.", e);
            }
            Assert.True(watch.Elapsed < s_maxTime, $"Seed {seed} of {name} took {watch.Elapsed}.");
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < MaxAllocated, $"Seed {seed} of {name} allocated {allocated} bytes.");
        }
        Assert.True(readable > 0 && refused > 0, $"{readable} readable, {refused} refused: the mutations test nothing.");
    }

    private static void ReadAll(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        var text = default(ReadOnlyMemory<char>);
        var texts = default(VBuffer<ReadOnlyMemory<char>>);
        var bytes = default(VBuffer<byte>);
        var getters = new List<Action>();
        foreach (DataViewSchema.Column column in data.Schema)
        {
            if (column.Type.RawType == typeof(ReadOnlyMemory<char>))
            {
                ValueGetter<ReadOnlyMemory<char>> get = cursor.GetGetter<ReadOnlyMemory<char>>(column);
                getters.Add(() => get(ref text));
            }
            else if (column.Type.RawType == typeof(VBuffer<byte>))
            {
                ValueGetter<VBuffer<byte>> get = cursor.GetGetter<VBuffer<byte>>(column);
                getters.Add(() => get(ref bytes));
            }
            else
            {
                ValueGetter<VBuffer<ReadOnlyMemory<char>>> get = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
                getters.Add(() => get(ref texts));
            }
        }
        while (cursor.MoveNext())
            getters.ForEach(get => get());
    }
}
