namespace VlmMlNet.Data.Parquet;

/// <summary>A Parquet file's table of contents: its schema and where the columns lie.</summary>
/// <remarks>Field numbers: parquet-format, parquet.thrift.</remarks>
internal sealed class ParquetFooter
{
    private const int MaxSchemaDepth = 16;
    private readonly List<ParquetRowGroup> _rowGroups = [];

    private ParquetFooter(ParquetNode root)
    {
        Root = root;
    }

    public ParquetNode Root { get; }

    public IReadOnlyList<ParquetRowGroup> RowGroups => _rowGroups;

    /// <param name="bytes">The footer's bytes.</param>
    /// <param name="dataEnd">Where the data ends and the footer begins.</param>
    public static ParquetFooter Read(ReadOnlySpan<byte> bytes, long dataEnd)
    {
        var reader = new ThriftReader(bytes);
        ParquetFooter? footer = null;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            if (id == 2)
                footer = new ParquetFooter(ReadSchema(ref reader, type));
            else if (id == 4 && footer is not null)
                footer.ReadRowGroups(ref reader, type, dataEnd);
            else
                reader.Skip(type);
        }
        return footer ?? throw new ParquetFormatException("its metadata has no schema");
    }

    private static ParquetNode ReadSchema(ref ThriftReader reader, ThriftType type)
    {
        int left = reader.List(type, ThriftType.Struct);
        (ParquetNode root, int children) = left-- > 0 ? ReadElement(ref reader, null) : throw new ParquetFormatException("its schema is empty");
        ReadChildren(ref reader, root, children, ref left, 1);
        return left == 0 ? root : throw new ParquetFormatException("its schema has fields outside of its root");
    }

    private static void ReadChildren(ref ThriftReader reader, ParquetNode parent, int count, ref int left, int depth)
    {
        if (depth > MaxSchemaDepth)
            throw new ParquetFormatException("its schema is nested too deeply");
        for (; count > 0; count--)
        {
            if (left-- <= 0)
                throw new ParquetFormatException("its schema announces more fields than it has");
            (ParquetNode node, int children) = ReadElement(ref reader, parent);
            parent.Add(node);
            ReadChildren(ref reader, node, children, ref left, depth + 1);
        }
    }

    private static (ParquetNode Node, int Children) ReadElement(ref ThriftReader reader, ParquetNode? parent)
    {
        int id = 0, children = 0, typeLength = 0, repetition = 0, converted = -1, scale = 0;
        ParquetLogicalType? logical = null;
        ParquetType? valueType = null;
        string name = "";
        while (reader.NextField(ref id, out ThriftType type))
        {
            switch (id)
            {
                case 1: valueType = (ParquetType)reader.Int32(type); break;
                case 2: typeLength = reader.Int32(type); break;
                case 3: repetition = reader.Int32(type); break;
                case 4: name = reader.Text(type); break;
                case 5: children = reader.Int32(type); break;
                case 6: converted = reader.Int32(type); break;
                case 7: scale = reader.Int32(type); break;
                case 10: logical = ParquetLogicalType.Read(ref reader, type); break;
                default: reader.Skip(type); break;
            }
        }
        if (children < 0 || repetition is < 0 or > 2 || typeLength < 0 || (valueType is { } known && !Enum.IsDefined(known)))
            throw new ParquetFormatException($"its schema has an impossible field '{name}'");
        if (children > 0)
            valueType = null;
        bool isRoot = parent is null;
        return (new ParquetNode(name, parent, !isRoot && repetition == 2, !isRoot && repetition == 1)
        {
            Type = valueType,
            TypeLength = typeLength,
            Logical = logical ?? ParquetLogicalType.FromConverted(converted, scale),
        }, children);
    }

    private void ReadRowGroups(ref ThriftReader reader, ThriftType type, long dataEnd)
    {
        for (int left = reader.List(type, ThriftType.Struct); left > 0; left--)
        {
            var chunks = new List<ParquetChunk>();
            long rows = 0;
            int id = 0;
            while (reader.NextField(ref id, out ThriftType field))
            {
                if (id == 1)
                {
                    for (int columns = reader.List(field, ThriftType.Struct); columns > 0; columns--)
                        chunks.Add(ReadChunk(ref reader, dataEnd));
                }
                else if (id == 3)
                {
                    rows = reader.Integer(field);
                }
                else
                {
                    reader.Skip(field);
                }
            }
            // A row takes at least a bit in some column.
            if (rows < 0 || rows > dataEnd * 8)
                throw new ParquetFormatException($"a row group announces {rows} rows in {dataEnd} bytes");
            _rowGroups.Add(new ParquetRowGroup(rows, chunks));
        }
    }

    private static ParquetChunk ReadChunk(ref ThriftReader reader, long dataEnd)
    {
        ParquetChunk? chunk = null;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            if (id == 3)
            {
                ThriftReader.Expect(type, ThriftType.Struct);
                chunk = ReadChunkMetadata(ref reader, dataEnd);
            }
            else
            {
                reader.Skip(type);
            }
        }
        return chunk ?? throw new ParquetFormatException("a column has no metadata: it is encrypted or lies in another file");
    }

    private static ParquetChunk ReadChunkMetadata(ref ThriftReader reader, long dataEnd)
    {
        string path = "";
        long codec = 0, values = -1, length = -1, dataPage = -1, dictionaryPage = 0;
        (long? Nulls, bool HasEmpty) statistics = default;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType type))
        {
            switch (id)
            {
                case 3:
                    var names = new List<string>();
                    for (int left = reader.List(type, ThriftType.Binary); left > 0; left--)
                        names.Add(reader.Text(ThriftType.Binary));
                    path = string.Join('.', names);
                    break;
                case 4: codec = reader.Integer(type); break;
                case 5: values = reader.Integer(type); break;
                case 7: length = reader.Integer(type); break;
                case 9: dataPage = reader.Integer(type); break;
                case 11: dictionaryPage = reader.Integer(type); break;
                case 12: statistics = ReadStatistics(ref reader, type); break;
                default: reader.Skip(type); break;
            }
        }
        // Writers disagree on which of the offsets comes first; a dictionary that is not there is 0 or behind the data.
        long start = dictionaryPage > 0 ? Math.Min(dictionaryPage, dataPage) : dataPage;
        if (values < 0 || start < 4 || length < 0 || length > dataEnd - start)
            throw new ParquetFormatException($"column '{path}' is said to lie at {start} with {length} bytes, outside of the data ({dataEnd} bytes)");
        return new ParquetChunk(path, (ParquetCodec)codec, values, start, length)
        {
            Nulls = statistics.Nulls is >= 0 and var nulls && nulls <= values ? nulls : null,
            HasEmpty = statistics.HasEmpty,
        };
    }

    private static (long? Nulls, bool HasEmpty) ReadStatistics(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.Expect(type, ThriftType.Struct);
        long? nulls = null;
        bool hasEmpty = false;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType field))
        {
            if (id == 3)
                nulls = reader.Integer(field);
            else if (id is 2 or 6)  // the smallest value, in the older and in the newer order
                hasEmpty |= reader.Text(field).Length == 0;
            else
                reader.Skip(field);
        }
        return (nulls, hasEmpty);
    }
}
