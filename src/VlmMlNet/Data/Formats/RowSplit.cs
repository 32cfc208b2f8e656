using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>The part that a row says it belongs to.</summary>
internal static class RowSplit
{
    /// <exception cref="RowProblemException">It is none.</exception>
    public static DataSplit Of(string split) => split.ToLowerInvariant() switch
    {
        "train" => DataSplit.Train,
        "val" or "validation" => DataSplit.Validation,
        "test" => DataSplit.Test,
        _ => throw new RowProblemException($"'split' is '{split}'", "It is 'train', 'val' or 'test'."),
    };
}
