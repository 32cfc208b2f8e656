using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Data sets that are read from any row on, in the file's order and with their parts shuffled.</summary>
public class RowStreamTests : CaptionParquetFiles
{
    private const int Total = 3000;

    public static TheoryData<string> Formats => ["llava.json", "llava.jsonl", "shards-*.json", "coco.json", "a.csv", "a.token", "karpathy.json", "questions.json", "unanswered.json", "*.parquet"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_shuffled_cursor_gives_every_row_once_under_its_number(string format)
    {
        var data = Open(format);
        var plain = Read(data, null, 0);
        Assert.Equal(Enumerable.Range(0, plain.Count).Select(i => (long)i), plain.Select(r => r.Number));
        Assert.Equal(plain.Count, ((IRowStream)data).CountRows());
        var shuffled = Read(data, 1, 0);
        Assert.Equal(plain, shuffled.OrderBy(r => r.Number));
        Assert.Equal(shuffled, Read(data, 1, 0));
        Assert.Equal(shuffled, Read(Open(format), 1, 0)); // a view that was not read before
        Assert.NotEqual(plain, shuffled);
        Assert.NotEqual(Read(data, 2, 0), shuffled);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_cursor_starts_at_any_row(string format)
    {
        var data = Open(format);
        var plain = Read(data, null, 0);
        var shuffled = Read(data, 1, 0);
        foreach (int first in (int[])[0, 1, 7, plain.Count / 3, plain.Count / 2, plain.Count - 1, plain.Count, plain.Count + 5])
        {
            Assert.Equal(plain.Skip(first), Read(data, null, first));
            Assert.Equal(shuffled.Skip(first), Read(data, 1, first));
            Assert.Equal(plain.Skip(first), Read(Open(format), null, first));
        }
    }

    [Fact]
    public void Parts_are_of_the_good_rows_that_are_taken()
    {
        var lines = Enumerable.Range(0, Total).Select(i => i % 7 == 3 ? "{\"id\": \"bad\"}" : Llava(i));
        string path = Write("skip.jsonl", string.Join('\n', lines));
        var bad = new List<BadRow>();
        IDataView Load(long? take) => Catalog.LoadLlava(path, new LlavaOptions { BadRows = BadRowHandling.Skip, Take = take, OnBadRow = bad.Add });

        var data = Load(null);
        var plain = Read(data, null, 0);
        Assert.Equal(Total - Total / 7 - 1, plain.Count);
        Assert.Equal(Total / 7 + 1, bad.Count);
        Assert.Equal(plain, Read(data, 5, 0).OrderBy(r => r.Number));
        Assert.Equal(plain.Skip(1000), Read(data, null, 1000));
        Assert.Equal(Total / 7 + 1, bad.Count); // each is reported once

        var taken = Load(2000);
        Assert.Equal(plain.Take(2000), Read(taken, 5, 0).OrderBy(r => r.Number));
        Assert.Equal(2000, taken.GetRowCount());
        Assert.Equal(plain.Take(2000).Skip(1990), Read(taken, null, 1990));
        Assert.Empty(Read(Load(0), 5, 0));
    }

    [Fact]
    public void Errors_in_the_middle_name_row_and_line()
    {
        string path = Write("late.json", "[\n" + string.Join(",\n", Enumerable.Range(0, Total).Select(Llava)) + "\n]");
        var data = Catalog.LoadLlava(path);
        Assert.Equal(Total, Read(data, null, 0).Count);
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf("\"2900\""u8);
        bytes[at - 4] = (byte)'x'; // "id" becomes "xd", and then what follows it is broken
        bytes[at] = (byte)'}';
        WriteBytes("late.json", bytes);
        var error = Assert.Throws<MalformedInputException>(() => Read(data, null, 2890));
        Assert.Contains("row 2900", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 2902", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_became_shorter_is_an_error()
    {
        string path = Write("shrinks.jsonl", string.Join('\n', Enumerable.Range(0, Total).Select(Llava)));
        var data = Catalog.LoadLlava(path);
        Assert.Equal(Total, Read(data, null, 0).Count);
        string[] lines = File.ReadAllLines(path);
        File.WriteAllLines(path, lines.Take(2950));
        var error = Assert.Throws<MalformedInputException>(() => Read(data, null, 2900));
        Assert.Contains("it has fewer rows than when it was read before", error.Message, StringComparison.Ordinal);
    }

    /// <summary>ML.NET's own operation shuffles parts and, through a pool of rows, what they hold; by its seed, and streaming.</summary>
    [Fact]
    public void ShuffleRows_of_ML_NET_shuffles_parts_and_rows_by_its_seed()
    {
        var data = Open("llava.json");
        var shuffled = Context.Data.ShuffleRows(data, seed: 4, shufflePoolSize: 50);
        string[] ids = Text(shuffled, "Id");
        Assert.Equal(Text(data, "Id").Order(), ids.Order());
        Assert.Equal(ids, Text(Context.Data.ShuffleRows(Open("llava.json"), seed: 4, shufflePoolSize: 50), "Id"));
        Assert.NotEqual(ids, Text(Context.Data.ShuffleRows(data, seed: 5, shufflePoolSize: 50), "Id"));
        int[] numbers = [.. ids.Select(int.Parse)];
        Assert.True(numbers.Take(100).Max() > 1000, "parts do not change places");
        Assert.True(numbers.Zip(numbers.Skip(1)).Count(p => p.First + 1 == p.Second) < Total / 4, "rows of a part do not change places");
        // Without the source: a pool alone.
        Assert.InRange(Text(Context.Data.ShuffleRows(data, seed: 4, shufflePoolSize: 50, shuffleSource: false), "Id").Take(100).Select(int.Parse).Max(), 0, 250);
    }

    [Fact]
    public void TakeRows_SkipRows_and_filters_of_ML_NET_work_on_every_reader()
    {
        var data = Open("llava.json");
        Assert.Equal(["10", "11"], Text(Context.Data.TakeRows(Context.Data.SkipRows(data, 10), 2), "Id"));
        var odd = Context.Data.FilterByCustomPredicate<Row>(data, row => (row.Id[^1] - '0') % 2 == 0);
        Assert.Equal(Enumerable.Range(0, Total / 2).Select(i => $"{2 * i + 1}"), Text(odd, "Id"));
        var (train, test) = (Context.Data.TrainTestSplit(data, 0.2) is var split ? split.TrainSet : null, split.TestSet);
        Assert.Equal(Text(data, "Id").Order(), Text(train!, "Id").Concat(Text(test, "Id")).Order());
        Assert.InRange(Text(test, "Id").Length, 500, 700);
    }

    private sealed class Row
    {
        public string Id { get; set; } = "";
    }

    private static string Llava(int i) =>
        $$"""{"id": "{{i}}", "image": "{{i}}.jpg", "conversations": [{"from": "human", "value": "<image>\n{{new string('q', 600)}}"}, {"from": "gpt", "value": "{{i}}"}]}""";

    private IDataView Open(string format)
    {
        string path = InFolder(format);
        var all = Enumerable.Range(0, Total);
        switch (format)
        {
            case "llava.json": return Catalog.LoadLlava(Once(format, () => "[\n" + string.Join(",\n", all.Select(Llava)) + "\n]"));
            case "llava.jsonl": return Catalog.LoadLlava(Once(format, () => string.Join("\r\n", all.Select(Llava))));
            case "shards-*.json":
                foreach (int shard in (int[])[0, 1, 2, 3])
                    Once($"shards-{shard}.json", () => "[" + string.Join(',', all.Where(i => i / 800 == shard).Select(Llava)) + "]");
                return Catalog.LoadLlava(path);
            case "coco.json":
                return Catalog.LoadCocoCaptions(Once(format, () => "{\"images\": [" + string.Join(',', all.Select(i => $$"""{"id": {{i}}, "file_name": "{{i}}.jpg"}""")) + "]}"));
            case "karpathy.json":
                return Catalog.LoadKarpathy(Once(format, () => "{\"images\": [" + string.Join(",\n", all.Select(i => $$"""{"cocoid": {{i}}, "filename": "{{i}}.jpg", "split": "val", "sentences": [{"raw": "{{Long}}"}]}""")) + "], \"dataset\": \"coco\"}"));
            case "questions.json" or "unanswered.json":
                string questions = Once("questions.json", () => "{\"data_subtype\": \"x\", \"questions\": [" + string.Join(',', all.Select(i => $$"""{"question_id": {{i}}, "image_id": 1, "question": "q"}""")) + "]}");
                string answers = Once("answers.json", () => "{\"annotations\": [" + string.Join(",\n", all.Select(i => $$"""{"question_id": {{Total - 1 - i}}, "answers": [{"answer": "{{Long}}"}]}""")) + "], \"x\": 1}");
                return Catalog.LoadVqaV2(questions, format == "questions.json" ? answers : null);
            case "a.csv": return Catalog.LoadCaptionCsv(Once(format, () => "\uFEFFimage,caption\n" + string.Join('\n', all.Select(i => $"{i / 3}.jpg,\"{i},\n{Long}\""))));
            case "a.token": return Catalog.LoadFlickr30kTokens(Once(format, () => string.Join("\n\n", all.Select(i => $"{i / 3}.jpg#{i % 3}\t{Long}"))));
            default:
                if (!File.Exists(InFolder("1.parquet")))
                {
                    WriteParquet("0.parquet", Rows(350), CompressionMethod.Snappy);
                    WriteParquet("1.parquet", Rows(225), CompressionMethod.Snappy);
                }
                return Catalog.LoadCaptionParquet(path);
        }
    }

    private static readonly string Long = new('x', 600);

    private string Once(string name, Func<string> content) => File.Exists(InFolder(name)) ? InFolder(name) : Write(name, content());

    private static List<(long Number, string Id, string Image)> Read(IDataView data, int? seed, long first)
    {
        using var cursor = ((IRowStream)data).GetRowCursor(data.Schema, seed is { } s ? new Random(s) : null, first);
        var id = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Id"]);
        var image = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["ImagePath"]);
        var captions = data.Schema.GetColumnOrNull("Captions") is { } column ? cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column) : null;
        var number = cursor.GetIdGetter();
        var rows = new List<(long, string, string)>();
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> text = default, path = default;
            DataViewRowId row = default;
            id(ref text);
            image(ref path);
            number(ref row);
            VBuffer<ReadOnlyMemory<char>> texts = default;
            captions?.Invoke(ref texts);
            rows.Add(((long)row.Low, $"{text} {texts.Length}", path.ToString()));
        }
        return rows;
    }
}
