using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Parquet;

/// <summary>Values as text, as their column means them: numbers in decimal, times as ISO 8601 has them, UUIDs with dashes.</summary>
internal static class ParquetValueText
{
    /// <summary>The largest scale and the longest decimal that are read.</summary>
    private const int MaxDecimalDigits = 1000, MaxDecimalBytes = 416;
    private const long UnixEpochJulianDay = 2_440_588;
    private const int SecondsInDay = 86_400;
    private const long Nano = 1_000_000_000;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether the values of a column have a text.</summary>
    public static bool IsKnown(ParquetNode leaf) => (leaf.Logical.Meaning, leaf.Type) switch
    {
        (_, null or ParquetType.Boolean) => false,
        (ParquetMeaning.Bson or ParquetMeaning.Interval or ParquetMeaning.Unknown, _) => false,
        (ParquetMeaning.Text, _) => leaf.Type is ParquetType.ByteArray or ParquetType.FixedLengthByteArray,
        (ParquetMeaning.Unsigned, _) => leaf.Type is ParquetType.Int32 or ParquetType.Int64,
        (ParquetMeaning.Decimal, _) => leaf.Type is not (ParquetType.Int96 or ParquetType.Float or ParquetType.Double) && leaf.Logical.Scale is >= 0 and <= MaxDecimalDigits,
        (ParquetMeaning.Date, _) => leaf.Type == ParquetType.Int32,
        (ParquetMeaning.Time or ParquetMeaning.Timestamp, _) => leaf.Type is ParquetType.Int32 or ParquetType.Int64,
        (ParquetMeaning.Uuid, _) => leaf is { Type: ParquetType.FixedLengthByteArray, TypeLength: 16 },
        (ParquetMeaning.Float16, _) => leaf is { Type: ParquetType.FixedLengthByteArray, TypeLength: 2 },
        _ => true,
    };

    /// <exception cref="RowProblemException">The value has no text.</exception>
    public static string Of(ParquetNode leaf, ReadOnlySpan<byte> value) => leaf.Logical.Meaning switch
    {
        ParquetMeaning.Unsigned => (leaf.Type == ParquetType.Int32 ? BinaryPrimitives.ReadUInt32LittleEndian(value) : BinaryPrimitives.ReadUInt64LittleEndian(value)).ToString(CultureInfo.InvariantCulture),
        ParquetMeaning.Decimal => Decimal(leaf, value),
        ParquetMeaning.Date => Moment(leaf, Integer(leaf, value) * SecondsInDay, 0)[..10],
        ParquetMeaning.Time => Moment(leaf, Integer(leaf, value), leaf.Logical.UnitsPerSecond)[11..].TrimEnd('Z'),
        ParquetMeaning.Timestamp => Moment(leaf, Integer(leaf, value), leaf.Logical.UnitsPerSecond),
        ParquetMeaning.Uuid => new Guid(value, bigEndian: true).ToString("D"),
        ParquetMeaning.Float16 => BinaryPrimitives.ReadHalfLittleEndian(value).ToString(CultureInfo.InvariantCulture),
        _ => leaf.Type switch
        {
            ParquetType.Int32 or ParquetType.Int64 => Integer(leaf, value).ToString(CultureInfo.InvariantCulture),
            ParquetType.Int96 => Int96(leaf, value),
            ParquetType.Float => BinaryPrimitives.ReadSingleLittleEndian(value).ToString(CultureInfo.InvariantCulture),
            ParquetType.Double => BinaryPrimitives.ReadDoubleLittleEndian(value).ToString(CultureInfo.InvariantCulture),
            _ => Utf8(leaf, value),
        },
    };

    /// <summary>A value that tells rows apart: bytes that the file does not call text, and that are none, in hexadecimal.</summary>
    /// <exception cref="RowProblemException">The value has no text.</exception>
    public static string OfId(ParquetNode leaf, ReadOnlySpan<byte> value)
    {
        bool areBytes = leaf is { Type: ParquetType.ByteArray or ParquetType.FixedLengthByteArray, Logical.Meaning: ParquetMeaning.Plain };
        return areBytes && !IsText(value) ? Convert.ToHexStringLower(value) : Of(leaf, value);
    }

    /// <summary>Whether bytes are UTF-8 without control characters.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) && bytes.IndexOfAnyInRange((byte)0, (byte)8) < 0 && bytes.IndexOfAnyInRange((byte)14, (byte)31) < 0;

    private static long Integer(ParquetNode leaf, ReadOnlySpan<byte> value) =>
        leaf.Type == ParquetType.Int32 ? BinaryPrimitives.ReadInt32LittleEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);

    private static string Utf8(ParquetNode leaf, ReadOnlySpan<byte> value)
    {
        try
        {
            return s_utf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw new RowProblemException($"column '{leaf.Path}' is not valid text: it has broken UTF-8");
        }
    }

    // The same number has the same text whatever its scale: zeros behind the point go.
    private static string Decimal(ParquetNode leaf, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxDecimalBytes)
            throw new RowProblemException($"column '{leaf.Path}' has a decimal of {value.Length} bytes", $"At most {MaxDecimalDigits} digits are read.");
        BigInteger number = leaf.Type is ParquetType.Int32 or ParquetType.Int64 ? Integer(leaf, value) : new BigInteger(value, isUnsigned: false, isBigEndian: true);
        int scale = leaf.Logical.Scale;
        string digits = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string fraction = digits[^scale..].TrimEnd('0');
        return $"{(number.Sign < 0 ? "-" : "")}{digits[..^scale]}{(fraction.Length == 0 ? "" : ".")}{fraction}";
    }

    private static string Int96(ParquetNode leaf, ReadOnlySpan<byte> value)
    {
        long nanos = BinaryPrimitives.ReadInt64LittleEndian(value), day = BinaryPrimitives.ReadInt32LittleEndian(value[8..]) - UnixEpochJulianDay;
        return nanos is >= 0 and < SecondsInDay * Nano ? Moment(leaf, day * SecondsInDay + nanos / Nano, 0, nanos % Nano) : throw NoMoment(leaf);
    }

    /// <summary>A point in time in ISO 8601.</summary>
    /// <param name="leaf">The column.</param>
    /// <param name="count">Since the beginning of 1970.</param>
    /// <param name="unitsPerSecond">What is counted; 0 for seconds.</param>
    /// <param name="nanos">To be added to seconds.</param>
    private static string Moment(ParquetNode leaf, long count, long unitsPerSecond, long nanos = 0)
    {
        long seconds = count;
        if (unitsPerSecond > 0)
        {
            (seconds, long rest) = Math.DivRem(count, unitsPerSecond);
            if (rest < 0)
                (seconds, rest) = (seconds - 1, rest + unitsPerSecond);
            nanos = rest * (Nano / unitsPerSecond);
        }
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw NoMoment(leaf);
        string text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        string fraction = nanos == 0 ? "" : "." + nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return $"{text}{fraction}{(leaf.Logical.IsUtc ? "Z" : "")}";
    }

    private static RowProblemException NoMoment(ParquetNode leaf) => new($"column '{leaf.Path}' has a time beyond the years 1 to 9999");
}
