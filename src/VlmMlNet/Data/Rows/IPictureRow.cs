namespace VlmMlNet.Data.Rows;

/// <summary>A row that may point at the file of its picture where the column holds encoded pictures.</summary>
internal interface IPictureRow
{
    /// <summary>The file; null where the picture is embedded, or there is none.</summary>
    string? File { get; }
}
