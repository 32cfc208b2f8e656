using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionCsv;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Flickr30k;
using VlmMlNet.Data.Formats.Karpathy;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Damaged files give rows, skipped rows or a MalformedInputException: never another exception, a hang or memory
/// out of proportion. VLM_FUZZ=N tries N files of each format instead of a few hundred.</summary>
public class FuzzTests : CaptionParquetFiles
{
    private const long MaxAllocated = 200_000_000;
    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(20);

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

    [Theory]
    [InlineData("delta-byte")]
    [InlineData("delta-length")]
    [InlineData("gzip-v1-tiny")]
    [InlineData("none-v2")]
    [InlineData("snappy-v1")]
    [InlineData("zstd-v2")]
    public void Llava_parquet(string name)
    {
        byte[] file = File.ReadAllBytes(ArrowFilesTests.FilePath(name));
        Run(file, "a.parquet", 100, (path, bad) => Catalog.LoadLlava(path, new LlavaOptions { BadRows = bad }));
    }

    [Fact]
    public void Json_lines()
    {
        byte[] file = """
            {"id": "1", "image": "1.jpg", "conversations": [{"from": "human", "value": "Describe.\n<image>"}, {"from": "gpt", "value": "a kite"}]}
            {"id": 3, "conversations": [{"from": "human", "value": "2 + 2?"}, {"from": "gpt", "value": "4"}], "model": ""}
            {"id": 4, "conversations": [{"from": "human", "value": "\u00e4?"}, {"from": "gpt", "value": "o"}]}
            """u8.ToArray();
        Run(file, "a.jsonl", 300, (path, bad) => Catalog.LoadLlava(path, new LlavaOptions { BadRows = bad, MaxImages = 2 }));
    }

    [Fact]
    public void Karpathys_json()
    {
        byte[] file = """
            {"images": [{"filepath": "val2014", "sentids": [1], "filename": "a.jpg", "imgid": 0, "split": "test", "sentences": [{"tokens": ["a", "man"], "raw": "A man.", "sentid": 1}], "cocoid": 391895},
             {"filename": "b.jpg", "imgid": 1, "split": "restval", "sentences": []}], "dataset": "coco"}
            """u8.ToArray();
        Run(file, "a.json", 300, (path, bad) => Catalog.LoadKarpathy(path, new KarpathyOptions { BadRows = bad, Split = bad == BadRowHandling.Skip ? DataSplit.Train : DataSplit.All }));
    }

    [Fact]
    public void Csv()
    {
        byte[] file = "raw,sentids,split,filename,img_id\n\"[\"\"Two guys.\"\", \"\"Two men, outside.\"\"]\",\"[0, 1]\",train,1.jpg,0\r\n\"[\"\"A man.\"\"]\",[5],test,2.jpg,1\n\"x\ny\",,val,3.jpg,\n"u8.ToArray();
        Run(file, "a.csv", 300, (path, bad) => Catalog.LoadCaptionCsv(path, new CaptionCsvOptions { BadRows = bad }));
    }

    [Fact]
    public void Tokens()
    {
        byte[] file = "1.jpg#0\tTwo guys .\n1.jpg#1\tTwo men .\n2.jpg#0\tSeveral men \u00e4 .\n"u8.ToArray();
        Run(file, "a.token", 200, (path, bad) => Catalog.LoadFlickr30kTokens(path, new Flickr30kOptions { BadRows = bad }));
    }

    [Fact]
    public void Medical_json()
    {
        byte[] file = """
            [{"qid": 0, "phrase_type": "freeform", "image_name": "a.jpg", "img_name": "a.jpg", "q_lang": "en", "question": "Infarcted?", "question_type": "PRES", "answer": "Yes", "answer_type": "CLOSED "},
             {"qid": "1", "phrase_type": "test_freeform", "image_name": "b.jpg", "img_name": "b.jpg", "q_lang": "zh", "question": "How many?", "answer": 3, "answer_type": "OPEN"}]
            """u8.ToArray();
        Run(file, "a.json", 200, (path, bad) => Catalog.LoadVqaRad(path, new VqaRadOptions { BadRows = bad }));
        Run(file, "b.json", 200, (path, bad) => Catalog.LoadSlake(path, new SlakeOptions { BadRows = bad, Language = "en" }));
    }

    [Fact]
    public void Vqa_v2_json()
    {
        byte[] questions = """{"data_subtype": "val2014", "questions": [{"image_id": 1, "question": "q", "question_id": 10}, {"image_id": 2, "question": "r", "question_id": 20}]}"""u8.ToArray();
        byte[] annotations = """{"annotations": [{"question_type": "how", "multiple_choice_answer": "2", "answers": [{"answer": "2", "answer_id": 1}], "image_id": 1, "answer_type": "number", "question_id": 10}], "x": [1, 2]}"""u8.ToArray();
        string good = WriteBytes("good.json", annotations);
        Run(questions, "q.json", 200, (path, bad) => Catalog.LoadVqaV2(path, good, new VqaV2Options { BadRows = bad }), path => path.Contains("q.json", StringComparison.Ordinal) || path.Contains("good.json", StringComparison.Ordinal));
        WriteBytes("q.json", questions);
        Run(annotations, "a.json", 200, (path, bad) => Catalog.LoadVqaV2(InFolder("q.json"), path, new VqaV2Options { BadRows = bad }));
    }

    [Fact]
    public void Recognition_of_anything()
    {
        byte[][] files = [
            """[{"id": 3, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "4"}]}]"""u8.ToArray(),
            """{"info": {"a": [1]}, "annotations": [{"image_id": 1, "caption": "x"}], "images": [{"id": 1, "file_name": "a.jpg"}]}"""u8.ToArray(),
            File.ReadAllBytes(WriteParquet("good.parquet", Rows(3))),
            "raw,filename\nx,1.jpg"u8.ToArray()];
        foreach (byte[] file in files)
            Run(file, "a", 100, (path, _) => Catalog.Load(path));
    }

    [Theory]
    [InlineData("datasets:\n  # all of it\n  - json_path: good.json\n    sampling_strategy: \"random:50%\"\n    weight: 1.5\n  - {path: 'good.json', where: {Id: [\"3\", 4]}, bad_rows: skip}\nseed: 7\n")]
    [InlineData("""{"seed": 7, "datasets": [{"path": "good.json", "sampling_strategy": "first:2"}, {"json_path": "good.json", "name": "x", "image_folder": ".", "split": "all", "weight": 0.5}]}""")]
    public void Recipes(string recipe)
    {
        Write("good.json", "[" + string.Join(',', Enumerable.Range(0, 6).Select(i => $$"""{"id": "{{i}}", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}""")) + "]");
        Run(System.Text.Encoding.UTF8.GetBytes(recipe), "recipe.yaml", 300, (path, _) => Catalog.LoadRecipe(path), missing: true);
    }

    [Fact]
    public void Parquet_ids_of_every_type()
    {
        byte[] file = new FlatParquet().AddTexts("image", "a.png", "b.png").AddTexts("caption", "c", "d")
            .Add("uint", FlatParquet.Number32, [[1, 2, 3, 4], [5, 6, 7, 255]], converted: 13)
            .Add("decimal", FlatParquet.FixedLength, [[1, 2, 3], [255, 2, 3]], converted: 5, scale: 2)
            .Add("uuid", FlatParquet.FixedLength, [new byte[16], [.. Enumerable.Range(0, 16).Select(i => (byte)i)]], logical: [0xEC, 0, 0])
            .Add("half", FlatParquet.FixedLength, [[0, 0x3E], [0, 0x7C]], logical: [0xFC, 0, 0])
            .Add("time", FlatParquet.Number64, [[1, 0, 0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255]], logical: [0x8C, 0x11, 0x1C, 0x3C, 0, 0, 0, 0])
            .Add("old", FlatParquet.Number96, [[1, 0, 0, 0, 0, 0, 0, 0, 0x8C, 0x3D, 0x25, 0], new byte[12]]).ToBytes();
        Run(file, "a.parquet", 300, (path, bad) => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { BadRows = bad, IdColumn = "uuid", TextColumns = ["uint", "decimal", "half", "time", "old"] }));
    }

    [Theory]
    [InlineData("paths")]
    [InlineData("bytes or paths")]
    [InlineData("messages")]
    [InlineData("parts")]
    [InlineData("texts")]
    [InlineData("sequence")]
    [InlineData("answers")]
    [InlineData("answer structs")]
    public void Parquet_of_every_kind_of_column(string kind)
    {
        ImageStruct image = new() { bytes = [1, 2, 3], path = "x.png" };
        string good = kind switch
        {
            "paths" => WriteParquet("good.parquet", [new ParquetPictureTests.ManyPaths { images = ["a.jpg"], caption = "c" }, new() { images = ["b.jpg"], caption = "d" }], CompressionMethod.None),
            "bytes or paths" => WriteParquet("good.parquet", [new CaptionRow { image = image, caption = ["c"], img_id = "1" }, new() { image = new() { path = "a.jpg" }, caption = ["d"], img_id = "2" }, new() { image = new() { bytes = [4] }, caption = ["d"], img_id = "3" }], CompressionMethod.None),
            "messages" => WriteParquet("good.parquet", [new ParquetConversationTests.Messages { image = image, messages = [new() { role = "user", content = "q" }, new() { role = "assistant", content = "a" }] }], CompressionMethod.None),
            "parts" => WriteParquet("good.parquet", [new ParquetConversationTests.PartMessages { images = [image], messages = [new() { role = "user", content = [new() { type = "image" }, new() { type = "text", text = "q" }] }, new() { role = "assistant", content = [new() { type = "text", text = "a" }] }] }], CompressionMethod.None),
            "texts" => WriteParquet("good.parquet", [new ParquetConversationTests.Cauldron { images = [image], texts = [new() { user = "q", assistant = "a", source = "s" }] }, new() { images = [], texts = [new() { user = "q", assistant = "a" }, new() { user = "r", assistant = "b" }] }], CompressionMethod.None),
            "sequence" => WriteParquet("good.parquet", [new ParquetConversationTests.Sequence { image = image, conversations = new() { from = ["human", "gpt"], value = ["<image>\nq", "a"] } }], CompressionMethod.None),
            "answers" => WriteParquet("good.parquet", [new ParquetConversationTests.TextVqaRow { image = image, question = "q", question_id = 5, answers = ["a", "b", "a"] }], CompressionMethod.None),
            _ => WriteParquet("good.parquet", [new ParquetConversationTests.VqaV2Row { image = image, question = "q", question_id = 5, multiple_choice_answer = "a", answers = [new() { answer = "a", answer_confidence = "yes", answer_id = 1 }] }], CompressionMethod.None),
        };
        WriteBytes("a.jpg", [1, 2, 3]);
        Run(File.ReadAllBytes(good), "a.parquet", 150, (path, bad) => Catalog.Load(path, new DataLoadOptions { BadRows = bad }), names: _ => true, missing: true);
    }

    private void Run(byte[] file, string name, int few, Func<string, BadRowHandling, IDataView> load, Func<string, bool>? names = null, bool missing = false)
    {
        int readable = 0, refused = 0;
        for (int seed = 0; seed < Mutator.Count(few); seed++)
        {
            string path = WriteBytes(name, new Mutator(seed).Mutate(file));
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Mutator.Clock;
            try
            {
                ReadAll(load(path, seed % 2 == 0 ? BadRowHandling.Fail : BadRowHandling.Skip), seed % 3 == 0 ? new Random(seed) : null);
                readable++;
            }
            catch (MalformedInputException e)
            {
                Assert.True(names?.Invoke(e.Message) ?? e.Message.StartsWith(path, StringComparison.Ordinal), e.Message);
                refused++;
            }
            catch (FileNotFoundException) when (missing)
            {
                refused++; // another name came of it
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} of {name}.", e);
            }
            Assert.True(Mutator.Clock - start < s_maxTime, $"Seed {seed} of {name} took {Mutator.Clock - start}.");
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < MaxAllocated, $"Seed {seed} of {name} allocated {allocated} bytes.");
        }
        Assert.True(readable > 0 && refused > 0, $"{readable} readable, {refused} refused: the mutations test nothing.");
    }

    private static void ReadAll(IDataView data, Random? order)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema, order);
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
