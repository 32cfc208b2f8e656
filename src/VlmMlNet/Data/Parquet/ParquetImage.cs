namespace VlmMlNet.Data.Parquet;

/// <summary>A column of pictures: struct&lt;bytes, path&gt; as Hugging Face data sets have it, or the bytes alone.</summary>
internal sealed class ParquetImage
{
    private readonly ParquetNode _node;
    private readonly ParquetColumn? _bytes;
    private readonly ParquetColumn? _path;

    /// <param name="file">The file.</param>
    /// <param name="node">The column.</param>
    /// <param name="needsBytes">Whether the pictures will be asked for; they are not read otherwise.</param>
    /// <param name="source">The file's name, for the message.</param>
    public ParquetImage(ParquetFile file, ParquetNode node, bool needsBytes, string source)
    {
        _node = node;
        ParquetNode? bytes = node.IsLeaf ? node : node["bytes"];
        ParquetNode? path = node["path"];
        if (bytes is not { Type: ParquetType.ByteArray, Repetition: 0 } || path is { Type: not ParquetType.ByteArray })
            throw new MalformedInputException(source, $"its column '{node.Path}' holds no pictures", "A struct of 'bytes' and 'path' is expected, or the bytes of encoded pictures.");
        // Where the path is there, it alone tells whether the row has a picture.
        _bytes = needsBytes || path is null ? file.Column(bytes) : null;
        _path = path is null ? null : file.Column(path);
    }

    /// <summary>Whether the current row has a picture.</summary>
    public bool IsPresent => (_path ?? _bytes!).Values[0].Definition >= _node.Definition;

    /// <summary>The current row's encoded picture; empty where there is none or it is not asked for.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes is null ? default : _bytes.Values[0].Bytes;

    /// <summary>The name recorded beside it, or the empty string.</summary>
    public string Path => _path is null || _path.IsNull(_path.Values[0]) ? "" : _path.Text(_path.Values[0]);
}
