namespace VlmMlNet.Data.Parquet;

/// <summary>What the values of a column mean, where the way in which they are stored does not say it.</summary>
internal enum ParquetMeaning
{
    /// <summary>What they are stored as: signed numbers, or bytes of which the file does not say what they are.</summary>
    Plain,

    /// <summary>UTF-8: strings, enumerations, JSON.</summary>
    Text,
    Unsigned,
    Decimal,
    Date,
    Time,
    Timestamp,
    Uuid,
    Float16,
    Bson,
    Interval,

    /// <summary>A meaning that this reader does not know, such as a shape on a map.</summary>
    Unknown,
}
