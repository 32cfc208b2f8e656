namespace VlmMlNet.Data.Rows;

/// <summary>Where reading can start. The default is the beginning.</summary>
/// <param name="Shard">Files before it, of a data set of several.</param>
/// <param name="Row">The file's rows before it, bad ones included.</param>
/// <param name="Offset">Its byte in the file.</param>
/// <param name="Line">Line ends before it, of a text.</param>
internal readonly record struct RowPlace(int Shard, long Row, long Offset, long Line);
