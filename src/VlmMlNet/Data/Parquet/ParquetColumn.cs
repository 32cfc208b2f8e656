using System.Buffers;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Parquet;

/// <summary>Reads one column row by row and page by page: a page, usually a megabyte, is what it holds in memory.</summary>
internal sealed class ParquetColumn(ParquetFile file, ParquetNode leaf) : IDisposable
{
    private const int MaxValuesInRow = 1_000_000;
    private const long MaxBytesInRow = 1 << 30;

    private readonly List<ParquetValue> _values = [];
    private readonly List<byte[]> _retired = []; // buffers that values of the current row may lie in
    private ParquetChunk? _chunk;
    private ParquetPage? _page;
    private byte[]? _pageBuffer;
    private byte[]? _dictionaryBuffer;
    private ReadOnlyMemory<byte>[]? _dictionary;
    private long _offset;
    private long _valuesLeft;
    private long _behind;   // rows that a deferred column has yet to move by
    private int _peeked = -1;

    public ParquetNode Leaf { get; } = leaf;

    /// <summary>Whether the column moves only when its values are asked for: pages between are not read then.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>The part of the file that the current row lies in.</summary>
    public ParquetChunk Chunk => _chunk!;

    /// <summary>The current row's values: one for a plain column, the elements for one inside of a list; inside of a list of
    /// lists also a value of lower definition for each list that is empty. Valid until the next row.</summary>
    public IReadOnlyList<ParquetValue> Values
    {
        get
        {
            for (; _behind > 0; _behind--)
                Move();
            return _values;
        }
    }

    /// <summary>Moves before the first row of a row group.</summary>
    public void Start(ParquetChunk chunk)
    {
        Release();
        _chunk = chunk;
        _offset = chunk.Start;
        _valuesLeft = chunk.Values;
    }

    public void NextRow()
    {
        if (IsDeferred)
            _behind++;
        else
            Move();
    }

    /// <summary>How many values of a row group are below a level: what is null, or no element of a list.</summary>
    public long CountBelow(ParquetChunk chunk, int definition)
    {
        Start(chunk);
        long count = 0;
        while (NextRepetition() >= 0)
        {
            if (Next().Definition < definition)
                count++;
            ReturnRetired();
        }
        return count;
    }

    public bool IsNull(ParquetValue value) => value.Definition < Leaf.Definition;

    /// <summary>A value as text, as the column means it.</summary>
    /// <exception cref="RowProblemException">It is no text.</exception>
    public string Text(ParquetValue value) => ParquetValueText.Of(Leaf, value.Bytes.Span);

    public void Dispose() => Release();

    private void Move()
    {
        ReturnRetired();
        _values.Clear();
        if (NextRepetition() != 0)
            throw new ParquetFormatException($"column '{Leaf.Path}' has fewer values than its row group has rows, or its lists are torn");
        long bytes = 0;
        do
        {
            ParquetValue value = Next();
            if (value.Definition >= Leaf.ElementDefinition || Leaf.Repetition > 1)
                _values.Add(value);
            bytes += value.Bytes.Length;
            if (_values.Count > MaxValuesInRow || bytes > MaxBytesInRow)
                throw new ParquetFormatException($"a row of column '{Leaf.Path}' has more than {MaxValuesInRow} values or {MaxBytesInRow} bytes");
        }
        while (Leaf.Repetition > 0 && NextRepetition() > 0);
    }

    private ParquetValue Next()
    {
        int repetition = _peeked;
        _peeked = -1;
        _valuesLeft--;
        return _page!.Next() with { Repetition = repetition };
    }

    /// <summary>The repetition level of the next value, which is not consumed; -1 behind the last.</summary>
    private int NextRepetition()
    {
        if (_peeked >= 0)
            return _peeked;
        if (_valuesLeft <= 0)
            return -1;
        while (_page is null || _page.ValuesLeft <= 0)
            ReadPage();
        return _peeked = _page.NextRepetition();
    }

    private void ReadPage()
    {
        ParquetChunk chunk = _chunk!;
        long left = chunk.Start + chunk.Length - _offset;
        if (left <= 0)
            throw new ParquetFormatException($"column '{Leaf.Path}' ends before the {chunk.Values} values that it announces");
        (ParquetPageHeader header, int headerBytes) = file.ReadPageHeader(_offset, left);
        _offset += headerBytes;
        left -= headerBytes;
        if (header.CompressedSize < 0 || header.CompressedSize > left)
            throw new ParquetFormatException($"a page of column '{Leaf.Path}' reaches beyond the column");
        PageDecompressor.CheckSize(header.CompressedSize, header.UncompressedSize);
        long start = _offset;
        _offset += header.CompressedSize;
        if (header.Type == ParquetPageHeader.DictionaryPage)
            ReadDictionary(header, start);
        else if (header.Type is ParquetPageHeader.DataPage or ParquetPageHeader.DataPageV2)
            ReadDataPage(header, start);
        // An index page is passed over.
    }

    private void ReadDataPage(ParquetPageHeader header, long start)
    {
        if (header.Values < 0)
            throw new ParquetFormatException("a page announces a negative number of values");
        if (Leaf.Repetition == 0 && _behind > header.Values)
        {
            _behind -= header.Values;
            _valuesLeft -= header.Values;
            return;
        }
        int levelBytes = 0;
        if (header.Type == ParquetPageHeader.DataPageV2)
        {
            long levels = (long)header.RepetitionBytes + header.DefinitionBytes;
            if (header.RepetitionBytes < 0 || header.DefinitionBytes < 0 || levels > Math.Min(header.CompressedSize, header.UncompressedSize))
                throw new ParquetFormatException("the levels of a page reach beyond it");
            levelBytes = (int)levels;
        }
        if (_pageBuffer is not null)
            _retired.Add(_pageBuffer);
        _pageBuffer = null;
        _page = null;
        ParquetCodec codec = header.IsCompressed ? _chunk!.Codec : ParquetCodec.Uncompressed;
        _pageBuffer = file.ReadPage(start, header, levelBytes, codec);
        ReadOnlyMemory<byte> bytes = _pageBuffer.AsMemory(0, header.UncompressedSize);
        _page = new ParquetPage(Leaf, header, bytes[..levelBytes], bytes[levelBytes..], _dictionary);
    }

    private void ReadDictionary(ParquetPageHeader header, long start)
    {
        if (_dictionaryBuffer is not null)
            throw new ParquetFormatException($"column '{Leaf.Path}' has two dictionaries");
        _dictionaryBuffer = file.ReadPage(start, header, 0, _chunk!.Codec);
        ReadOnlyMemory<byte> bytes = _dictionaryBuffer.AsMemory(0, header.UncompressedSize);
        if (header.Encoding is not (ParquetEncoding.Plain or ParquetEncoding.PlainDictionary) || header.Values < 0 || header.Values > bytes.Length)
            throw new ParquetFormatException($"the dictionary of column '{Leaf.Path}' announces {header.Values} values in {bytes.Length} bytes");
        var reader = new PlainReader(bytes, Leaf);
        _dictionary = new ReadOnlyMemory<byte>[header.Values];
        for (int i = 0; i < _dictionary.Length; i++)
            _dictionary[i] = reader.Next();
    }

    private void ReturnRetired()
    {
        foreach (byte[] buffer in _retired)
            ArrayPool<byte>.Shared.Return(buffer);
        _retired.Clear();
    }

    private void Release()
    {
        ReturnRetired();
        if (_pageBuffer is not null)
            ArrayPool<byte>.Shared.Return(_pageBuffer);
        if (_dictionaryBuffer is not null)
            ArrayPool<byte>.Shared.Return(_dictionaryBuffer);
        _pageBuffer = _dictionaryBuffer = null;
        _dictionary = null;
        _page = null;
        _chunk = null;
        _peeked = -1;
        _valuesLeft = _behind = 0;
        _values.Clear();
    }
}
