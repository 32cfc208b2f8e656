namespace VlmMlNet.Data.Rows;

/// <summary>A row as it comes from a source.</summary>
/// <param name="Id">Its place in the file's order.</param>
/// <param name="Row">The row.</param>
/// <param name="Problem">What is thrown when its values are asked for; null where it is complete.</param>
internal readonly record struct ReadRow<TRow>(long Id, TRow Row, MalformedInputException? Problem);
