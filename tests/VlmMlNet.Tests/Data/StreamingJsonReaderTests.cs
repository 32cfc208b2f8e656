using System.Text;
using System.Text.Json;
using VlmMlNet.Data.Json;

namespace VlmMlNet.Tests.Data;

public class StreamingJsonReaderTests
{
    [Fact]
    public void A_value_longer_than_the_limit_is_an_error()
    {
        using var reader = new StreamingJsonReader(new MemoryStream(Encoding.UTF8.GetBytes("[1,\n\"" + new string('x', 5000))), "data.json", maxValueBytes: 4096);
        reader.ReadStart(JsonTokenType.StartArray, "no array");
        Assert.True(reader.TryReadElement());
        var e = Assert.Throws<MalformedInputException>(() => reader.TryReadElement());
        Assert.Equal("data.json, row 1: a single JSON value is longer than the 4096 bytes that a row may have (line 1, byte 2). Is a quotation mark or a bracket missing before it?", e.Message);
    }

    [Fact]
    public void Any_cut_of_the_stream_into_reads_gives_the_same_values()
    {
        string json = "[" + string.Join(",\n", Enumerable.Range(0, 300).Select(i => $"{{\"id\": {i}, \"text\": \"{new string('y', i)}\"}}")) + "]";
        foreach (int piece in new[] { 1, 7, 100, 10_000 })
        {
            using var reader = new StreamingJsonReader(new SlowStream(Encoding.UTF8.GetBytes(json), piece), "data.json");
            reader.ReadStart(JsonTokenType.StartArray, "no array");
            for (int i = 0; i < 300; i++)
            {
                Assert.True(reader.TryReadElement());
                Assert.Equal(i, reader.Row);
                Assert.StartsWith($"line {i + 1}, ", reader.Position, StringComparison.Ordinal);
                Assert.Equal($"{{\"id\": {i}, \"text\": \"{new string('y', i)}\"}}", Encoding.UTF8.GetString(reader.Value));
            }
            Assert.False(reader.TryReadElement());
            reader.ReadEnd();
        }
    }

    private sealed class SlowStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
