namespace VlmMlNet.Data.Validation;

/// <summary>What a <see cref="DataProblem"/> concerns.</summary>
public enum DataProblemKind
{
    /// <summary>A file that cannot be read to its end, or whose format is not known.</summary>
    File,

    /// <summary>A row that does not fit the format's schema, or that the reader cannot use.</summary>
    Row,

    /// <summary>A picture that is missing or cannot be decoded.</summary>
    Image,
}
