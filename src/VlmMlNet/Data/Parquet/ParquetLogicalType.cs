namespace VlmMlNet.Data.Parquet;

/// <summary>A column's annotation.</summary>
/// <param name="Meaning">What its values mean.</param>
/// <param name="Scale">Of decimals: digits behind the point.</param>
/// <param name="UnitsPerSecond">Of times and timestamps.</param>
/// <param name="IsUtc">Of timestamps: whether they are points in time; local times otherwise.</param>
/// <remarks>Numbers of kinds and fields: parquet-format, parquet.thrift.</remarks>
internal readonly record struct ParquetLogicalType(ParquetMeaning Meaning, int Scale = 0, long UnitsPerSecond = 1, bool IsUtc = false)
{
    private const long Milli = 1_000, Micro = 1_000_000, Nano = 1_000_000_000;

    /// <summary>The older annotation, a number.</summary>
    /// <param name="convertedType">Its number; negative for none.</param>
    /// <param name="scale">The scale that stands beside it.</param>
    public static ParquetLogicalType FromConverted(int convertedType, int scale) => convertedType switch
    {
        0 or 4 or 19 => new(ParquetMeaning.Text),
        5 => new(ParquetMeaning.Decimal, scale),
        6 => new(ParquetMeaning.Date),
        7 => new(ParquetMeaning.Time, UnitsPerSecond: Milli),
        8 => new(ParquetMeaning.Time, UnitsPerSecond: Micro),
        9 => new(ParquetMeaning.Timestamp, UnitsPerSecond: Milli, IsUtc: true),
        10 => new(ParquetMeaning.Timestamp, UnitsPerSecond: Micro, IsUtc: true),
        >= 11 and <= 14 => new(ParquetMeaning.Unsigned),
        20 => new(ParquetMeaning.Bson),
        21 => new(ParquetMeaning.Interval),
        _ => default,
    };

    /// <summary>The newer annotation, a union with one field.</summary>
    public static ParquetLogicalType Read(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.Expect(type, ThriftType.Struct);
        ParquetLogicalType found = default;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType field))
        {
            found = id switch
            {
                1 or 4 or 12 => new(ParquetMeaning.Text),
                5 => new(ParquetMeaning.Decimal),
                6 => new(ParquetMeaning.Date),
                7 => new(ParquetMeaning.Time),
                8 => new(ParquetMeaning.Timestamp),
                2 or 3 or 10 or 11 => default,
                13 => new(ParquetMeaning.Bson),
                14 => new(ParquetMeaning.Uuid),
                15 => new(ParquetMeaning.Float16),
                _ => new(ParquetMeaning.Unknown),
            };
            found = id is 5 or 7 or 8 or 10 ? found.ReadDetails(ref reader, field, id) : found;
            if (id is not (5 or 7 or 8 or 10))
                reader.Skip(field);
        }
        return found;
    }

    private ParquetLogicalType ReadDetails(ref ThriftReader reader, ThriftType type, int kind)
    {
        ThriftReader.Expect(type, ThriftType.Struct);
        ParquetLogicalType found = this;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType field))
        {
            if ((kind, id) == (5, 1))
                found = found with { Scale = reader.Int32(field) };
            else if ((kind, id) == (10, 2))
                found = field == ThriftType.False ? new(ParquetMeaning.Unsigned) : default;
            else if (kind is 7 or 8 && id == 1)
                found = found with { IsUtc = field == ThriftType.True };
            else if (kind is 7 or 8 && id == 2)
                found = found with { UnitsPerSecond = ReadUnit(ref reader, field) };
            else
                reader.Skip(field);
        }
        return found;
    }

    private static long ReadUnit(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.Expect(type, ThriftType.Struct);
        long units = 0;
        int id = 0;
        while (reader.NextField(ref id, out ThriftType field))
        {
            units = id switch { 1 => Milli, 2 => Micro, 3 => Nano, _ => throw new ParquetFormatException($"its schema has times in a unit of unknown number {id}") };
            reader.Skip(field);
        }
        return units > 0 ? units : throw new ParquetFormatException("its schema has times without a unit");
    }
}
