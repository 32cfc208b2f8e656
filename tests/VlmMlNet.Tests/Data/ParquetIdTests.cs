using VlmMlNet.Data;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Rows;
using static VlmMlNet.Tests.Data.FlatParquet;

namespace VlmMlNet.Tests.Data;

/// <summary>Ids of every type that parquet has.</summary>
public class ParquetIdTests : DataTest
{
    // The newer annotations in Thrift's compact protocol: the field's number, its own fields, two ends.
    private static readonly byte[] s_unsigned32 = [0xAC, 0x13, 32, 0x12, 0, 0], s_uuid = [0xEC, 0, 0], s_float16 = [0xFC, 0, 0], s_scale2 = [0x5C, 0x15, 4, 0x15, 10, 0, 0];
    private static readonly byte[] s_utcNanos = [0x8C, 0x11, 0x1C, 0x3C, 0, 0, 0, 0], s_string = [0x1C, 0, 0];

    public static TheoryData<string, int, byte[], int?, int?, byte[]?, string> Ids => new()
    {
        { "UINT_32", Number32, BitConverter.GetBytes(3_000_000_000), 13, null, null, "3000000000" },
        { "UINT_32, newer", Number32, BitConverter.GetBytes(3_000_000_000), null, null, s_unsigned32, "3000000000" },
        { "UINT_64", Number64, BitConverter.GetBytes(ulong.MaxValue), 14, null, null, "18446744073709551615" },
        { "INT_64", Number64, BitConverter.GetBytes(-5L), 18, null, null, "-5" },
        { "UUID", FixedLength, Convert.FromHexString("00112233445566778899AABBCCDDEEFF"), null, null, s_uuid, "00112233-4455-6677-8899-aabbccddeeff" },
        { "DECIMAL, 32 bits", Number32, BitConverter.GetBytes(12345), 5, 2, null, "123.45" },
        { "DECIMAL, newer", Number64, BitConverter.GetBytes(-7L), null, null, s_scale2, "-0.07" },
        { "DECIMAL, bytes", FixedLength, [0, 0, 0, 0x03, 0xE8], 5, 0, null, "1000" },
        { "DECIMAL, negative bytes", ByteArray, [0xFF, 0x85], 5, 1, null, "-12.3" },
        { "DECIMAL, whole", Number32, BitConverter.GetBytes(700), 5, 2, null, "7" },
        { "FLOAT16", FixedLength, BitConverter.GetBytes((Half)1.5f), null, null, s_float16, "1.5" },
        { "DATE", Number32, BitConverter.GetBytes(19_723), 6, null, null, "2024-01-01" },
        { "TIME_MICROS", Number64, BitConverter.GetBytes(3_723_000_001L), 8, null, null, "01:02:03.000001" },
        { "TIMESTAMP_MILLIS", Number64, BitConverter.GetBytes(1_704_067_200_120), 9, null, null, "2024-01-01T00:00:00.12Z" },
        { "TIMESTAMP, nanoseconds before 1970", Number64, BitConverter.GetBytes(-1L), null, null, s_utcNanos, "1969-12-31T23:59:59.999999999Z" },
        { "INT96", Number96, [.. BitConverter.GetBytes(1_000_000_000L), .. BitConverter.GetBytes(2_440_588 + 19_723)], null, null, null, "2024-01-01T00:00:01" },
        { "ENUM", ByteArray, "RED"u8.ToArray(), 4, null, null, "RED" },
        { "JSON", ByteArray, "{\"a\":1}"u8.ToArray(), 19, null, null, "{\"a\":1}" },
        { "STRING, newer", ByteArray, "x"u8.ToArray(), null, null, s_string, "x" },
        { "bytes that are text", FixedLength, "ab"u8.ToArray(), null, null, null, "ab" },
        { "bytes that are none", FixedLength, [0xFF, 0xFE, 0, 1], null, null, null, "fffe0001" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_id_is_the_text_of_what_the_column_means(string kind, int type, byte[] value, int? converted, int? scale, byte[]? logical, string expected)
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", "a.png").AddTexts("caption", kind).Add("id", type, [value], converted, scale, logical).ToBytes());
        Assert.Equal([expected], Text(Catalog.Load(path), "Id"));
        string questions = WriteBytes("q.parquet", new FlatParquet().AddTexts("image", "a.png").AddTexts("question", "q").AddTexts("answer", "a").Add("id", type, [value], converted, scale, logical).ToBytes());
        Assert.Equal([expected], Text(Catalog.Load(questions), "Id"));
    }

    [Fact]
    public void A_column_without_a_text_is_passed_over_and_refused_where_it_is_asked_for()
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", "a.png").AddTexts("caption", "c").Add("id", ByteArray, [[5, 0, 0, 0, 0]], converted: 20).AddTexts("img_id", "7").ToBytes());
        Assert.Equal(["7"], Text(Catalog.Load(path), "Id"));
        Assert.Equal($"{path}: its column 'id' holds no texts (BSON). A string is expected, or a list of strings.",
            Assert.Throws<MalformedInputException>(() => Catalog.LoadCaptionParquet(path, new CaptionParquetOptions { IdColumn = "id" })).Message);
    }

    [Theory]
    [InlineData(Number64, 9)]
    [InlineData(Number64, 10)]
    public void A_time_out_of_range_is_a_bad_row(int type, int converted)
    {
        string path = WriteBytes("a.parquet", new FlatParquet().AddTexts("image", "a.png", "b.png").AddTexts("caption", "c", "d")
            .Add("id", type, [BitConverter.GetBytes(long.MinValue), BitConverter.GetBytes(0L)], converted).ToBytes());
        Assert.Equal($"{path}, row 0: column 'id' has a time beyond the years 1 to 9999.", Bad(Catalog.Load(path)).Message);
        Assert.Equal(["1970-01-01T00:00:00Z"], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "Id"));
    }
}
