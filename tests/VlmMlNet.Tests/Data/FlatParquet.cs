using System.Text;

namespace VlmMlNet.Tests.Data;

/// <summary>Writes parquet byte by byte: plain columns of any type, with annotations that libraries do not write.</summary>
internal sealed class FlatParquet
{
    public const int Number32 = 1, Number64 = 2, Number96 = 3, ByteArray = 6, FixedLength = 7;

    /// <summary>The annotation of texts.</summary>
    public const int Utf8 = 0;

    private const byte ThriftInt32 = 5, ThriftInt64 = 6, ThriftBinary = 8, ThriftList = 9, ThriftStruct = 12;

    private readonly List<Column> _columns = [];

    /// <summary>Adds a column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">How values are stored.</param>
    /// <param name="values">The values; of byte arrays without their lengths.</param>
    /// <param name="converted">The older annotation.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="logical">The newer annotation, in Thrift's compact protocol.</param>
    public FlatParquet Add(string name, int type, byte[][] values, int? converted = null, int? scale = null, byte[]? logical = null)
    {
        _columns.Add(new Column(name, type, values, converted, scale, logical));
        return this;
    }

    public FlatParquet AddTexts(string name, params string[] values) => Add(name, ByteArray, Array.ConvertAll(values, Encoding.UTF8.GetBytes), Utf8);

    public byte[] ToBytes()
    {
        var file = new List<byte>("PAR1"u8.ToArray());
        var chunks = new List<(int Start, int Length)>();
        foreach (Column column in _columns)
        {
            int start = file.Count;
            byte[] values = [.. column.Values.SelectMany(v => column.Type == ByteArray ? [.. BitConverter.GetBytes(v.Length), .. v] : v)];
            file.AddRange(Struct((1, Integer(0)), (2, Integer(values.Length)), (3, Integer(values.Length)),
                (5, (ThriftStruct, Struct((1, Integer(column.Values.Length)), (2, Integer(0)), (3, Integer(3)), (4, Integer(3)))))));
            file.AddRange(values);
            chunks.Add((start, file.Count - start));
        }
        int rows = _columns[0].Values.Length;
        byte[] footer = Struct((1, Integer(1)), (2, Structs([Struct((4, Text("schema")), (5, Integer(_columns.Count))), .. _columns.Select(Schema)])), (3, Long(rows)),
            (4, Structs([Struct((1, Structs([.. _columns.Zip(chunks, Chunk)])), (2, Long(file.Count)), (3, Long(rows)))])));
        return [.. file, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
    }

    private static byte[] Schema(Column column)
    {
        var fields = new List<(int, (byte, byte[]))> { (1, Integer(column.Type)) };
        if (column.Type == FixedLength)
            fields.Add((2, Integer(column.Values[0].Length)));
        fields.Add((3, Integer(0)));
        fields.Add((4, Text(column.Name)));
        if (column.Converted is { } converted)
            fields.Add((6, Integer(converted)));
        if (column.Scale is { } scale)
            fields.Add((7, Integer(scale)));
        if (column.Logical is { } logical)
            fields.Add((10, (ThriftStruct, logical)));
        return Struct([.. fields]);
    }

    private static byte[] Chunk(Column column, (int Start, int Length) place) => Struct((2, Long(place.Start)), (3, (ThriftStruct, Struct(
        (1, Integer(column.Type)), (2, (ThriftList, [0x15, 0])), (3, (ThriftList, [0x18, .. Text(column.Name).Bytes])), (4, Integer(0)),
        (5, Long(column.Values.Length)), (6, Long(place.Length)), (7, Long(place.Length)), (9, Long(place.Start))))));

    private static byte[] Struct(params (int Id, (byte Type, byte[] Bytes) Value)[] fields)
    {
        var bytes = new List<byte>();
        int last = 0;
        foreach (var (id, (type, value)) in fields)
        {
            bytes.Add((byte)((id - last) << 4 | type));
            bytes.AddRange(value);
            last = id;
        }
        return [.. bytes, 0];
    }

    private static (byte, byte[]) Structs(byte[][] items) => (ThriftList, [(byte)(items.Length << 4 | ThriftStruct), .. items.SelectMany(i => i)]);

    private static (byte Type, byte[] Bytes) Integer(long value) => (ThriftInt32, Varint((ulong)(value << 1 ^ value >> 63)));

    private static (byte, byte[]) Long(long value) => (ThriftInt64, Integer(value).Bytes);

    private static (byte Type, byte[] Bytes) Text(string text) => (ThriftBinary, [.. Varint((ulong)text.Length), .. Encoding.UTF8.GetBytes(text)]);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private sealed record Column(string Name, int Type, byte[][] Values, int? Converted, int? Scale, byte[]? Logical);
}
