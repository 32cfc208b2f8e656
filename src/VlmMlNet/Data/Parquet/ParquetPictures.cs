using VlmMlNet.Data.Rows;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Data.Parquet;

/// <summary>A column of pictures, or of lists of them: struct&lt;bytes, path&gt; as Hugging Face data sets have it, bytes
/// alone, or paths of files.</summary>
/// <remarks>Pictures are most of a file: their bytes are read where they are asked for, or where nothing else tells whether
/// a row has a picture.</remarks>
internal sealed class ParquetPictures
{
    private readonly ParquetFile _file;
    private readonly string _name;
    private readonly ParquetNode _element;
    private readonly ImagePaths _paths;
    private readonly bool _needsBytes;
    private readonly bool _needsPath;
    private readonly ParquetColumn? _bytes;
    private readonly ParquetColumn? _path;
    private ParquetChunk? _known;   // the row group that _presence is about
    private bool? _presence;        // whether all its pictures have bytes, or none has; null where they differ

    /// <param name="file">The file.</param>
    /// <param name="node">The column.</param>
    /// <param name="paths">Where files are.</param>
    /// <param name="active">The columns that will be asked for.</param>
    /// <param name="source">The file's name, for the message.</param>
    public ParquetPictures(ParquetFile file, ParquetNode node, ImagePaths paths, Func<string, bool> active, string source)
    {
        _file = file;
        _name = node.Name;
        _paths = paths;
        _needsBytes = active(VisionLanguageColumns.Image);
        _needsPath = active(VisionLanguageColumns.ImagePath);
        _element = node.ListElement() ?? node;
        ParquetNode? bytes = _element.IsLeaf ? (_element.Logical.Meaning == ParquetMeaning.Plain ? _element : null) : _element["bytes"];
        ParquetNode? path = _element.IsLeaf ? (IsText(_element) ? _element : null) : _element["path"];
        bool isKnown = (bytes ?? path) is not null && (bytes is null || IsBytes(bytes)) && (path is null || IsText(path) || IsBytes(path));
        if (!isKnown || _element.Repetition > 1 || (bytes ?? path)!.Repetition != _element.Repetition)
            throw new MalformedInputException(source, $"its column '{node.Path}' holds no pictures", "A struct of 'bytes' and 'path' is expected, the bytes of encoded pictures, paths of files, or a list of these.");
        _bytes = bytes is null ? null : file.Column(bytes, isDeferred: true);
        _path = path is null ? null : file.Column(path);
        HoldsPaths = bytes is null;
    }

    /// <summary>Whether all pictures are files.</summary>
    public bool HoldsPaths { get; }

    /// <summary>Whether a column can hold pictures.</summary>
    public static bool CanBe(ParquetNode node)
    {
        ParquetNode element = node.ListElement() ?? node;
        return element.IsLeaf ? IsText(element) || IsBytes(element) : element["bytes"] is not null || element["path"] is not null;
    }

    /// <summary>The current row's pictures: none where the value or the list is null or the list is empty.</summary>
    /// <exception cref="RowProblemException">An element of a list has neither bytes nor path.</exception>
    public List<ParquetPicture> Current()
    {
        var pictures = new List<ParquetPicture>(1);
        int count = (_path ?? _bytes!).Values.Count;
        for (int i = 0; i < count; i++)
        {
            if (Picture(i) is { } picture)
                pictures.Add(picture);
            else if (_element.Repetition > 0)
                throw new RowProblemException(count == 1 ? $"the only picture in column '{_name}' is empty: it has neither bytes nor path" : $"picture {i} of {count} in column '{_name}' is empty: it has neither bytes nor path",
                    "A row of text alone has an empty list, or null.") { IsIncomplete = true };
        }
        return pictures;
    }

    /// <summary>Whether the current row has any, wherever it lies.</summary>
    public bool HasAny
    {
        get
        {
            int count = (_path ?? _bytes!).Values.Count;
            for (int i = 0; i < count; i++)
            {
                ParquetValue named = _path is null ? default : _path.Values[i];
                if (_path is not null && !_path.IsNull(named) && !named.Bytes.IsEmpty)
                    return true;
                if (_bytes is not null && (_path is null || named.Definition >= _element.Definition) && (Presence() ?? !BytesAt(i).IsEmpty))
                    return true;
            }
            return false;
        }
    }

    /// <summary>The current row's only picture; null where it has none.</summary>
    /// <exception cref="RowProblemException">It has several.</exception>
    public ParquetPicture? Only() => Current() switch
    {
        [var only] => only,
        [] => null,
        var several => throw new RowProblemException($"the row has {several.Count} pictures in column '{_name}', and one is read"),
    };

    private ParquetPicture? Picture(int index)
    {
        ParquetValue named = _path is null ? default : _path.Values[index];
        if (_path is not null && named.Definition < _element.Definition)
            return null;
        string name = _path is null || _path.IsNull(named) ? "" : _path.Text(named);
        bool? hasBytes = _bytes is null ? false : _needsBytes ? null : Presence();
        // A row that has a name has a picture, wherever it is.
        if (hasBytes is null && name.Length > 0 && !_needsBytes && !_needsPath)
            hasBytes = true;
        if (hasBytes is null || (hasBytes == true && _element.IsLeaf && _needsPath))
        {
            ReadOnlyMemory<byte> bytes = BytesAt(index);
            if (_element.IsLeaf && IsPath(bytes.Span))
                return AsFile(System.Text.Encoding.UTF8.GetString(bytes.Span));
            // What counts as a picture must not depend on the columns that are asked for.
            if (!bytes.IsEmpty || (name.Length == 0 && Presence() == true))
                return new ParquetPicture(bytes, name, IsFile: false);
            hasBytes = false;
        }
        return hasBytes == true ? new ParquetPicture(default, name, IsFile: false) : name.Length > 0 ? AsFile(name) : null;
    }

    private ParquetPicture AsFile(string name) => name.Length <= ImagePaths.MaxLength || ImagePaths.IsDataUri(name)
        ? new ParquetPicture(default, _paths.Resolve(name), IsFile: true)
        : throw new RowProblemException($"column '{_element.Path}' has a text of {name.Length} characters, which is no path of a picture", ImagePaths.Embedded);

    private ReadOnlyMemory<byte> BytesAt(int index)
    {
        IReadOnlyList<ParquetValue> values = _bytes!.Values;
        return index < values.Count ? values[index].Bytes : throw new ParquetFormatException($"columns '{_bytes.Leaf.Path}' and '{_path?.Leaf.Path}' have lists of different lengths");
    }

    /// <summary>Whether all pictures of the row group have bytes, or none has, as far as its statistics tell.</summary>
    private bool? Presence()
    {
        ParquetChunk chunk = _bytes!.Chunk;
        if (ReferenceEquals(chunk, _known))
            return _presence;
        _known = chunk;
        return _presence = chunk.Nulls is not { } nulls || chunk.HasEmpty ? null
            : nulls == chunk.Values ? false
            // What is null because the whole struct is null is no picture without bytes.
            : nulls == 0 || _path is not null && !_element.IsLeaf && nulls == _file.CountBelow(_path.Leaf, _path.Chunk, _element.Definition) ? true
            : null;
    }

    /// <summary>Whether bytes that the file does not call text are the path of a file all the same.</summary>
    private static bool IsPath(ReadOnlySpan<byte> bytes) =>
        bytes.Length is > 0 and <= ImagePaths.MaxLength && ImageSignature.Find(bytes) is null && ParquetValueText.IsText(bytes) && bytes.IndexOfAny((byte)'\n', (byte)'\r') < 0 && bytes.Contains((byte)'.');

    private static bool IsText(ParquetNode leaf) => leaf is { Type: ParquetType.ByteArray, Logical.Meaning: ParquetMeaning.Text };

    private static bool IsBytes(ParquetNode leaf) => leaf is { Type: ParquetType.ByteArray, Logical.Meaning: ParquetMeaning.Plain };
}
