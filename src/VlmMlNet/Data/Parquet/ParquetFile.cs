using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Parquet;

/// <summary>An open Parquet file. Reads what the data sets of the field use (nested columns, dictionaries, snappy, gzip,
/// brotli and zstd pages of both versions), page by page, and checks every length before it is believed.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int MaxPageHeaderBytes = 16 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly ParquetFooter _footer;
    private readonly List<ParquetColumn> _columns = [];
    private readonly long _dataEnd;

    private ParquetFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
        long length = RandomAccess.GetLength(handle);
        Span<byte> mark = stackalloc byte[8];
        if (length < 12)
            throw new ParquetFormatException("it is too short for a parquet file");
        ReadExactly(mark[..4], 0);
        if (!mark[..4].SequenceEqual("PAR1"u8))
            throw new ParquetFormatException("it does not start as a parquet file does");
        ReadExactly(mark, length - 8);
        if (!mark[4..].SequenceEqual("PAR1"u8))
            throw new ParquetFormatException("it does not end as a parquet file does");
        int footerBytes = BinaryPrimitives.ReadInt32LittleEndian(mark);
        _dataEnd = length - 8 - footerBytes;
        if (footerBytes <= 0 || _dataEnd < 4)
            throw new ParquetFormatException($"its metadata is said to have {footerBytes} bytes");
        byte[] footer = ArrayPool<byte>.Shared.Rent(footerBytes);
        try
        {
            ReadExactly(footer.AsSpan(0, footerBytes), _dataEnd);
            _footer = ParquetFooter.Read(footer.AsSpan(0, footerBytes), _dataEnd);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(footer);
        }
    }

    /// <summary>The schema: the children are the top-level columns.</summary>
    public ParquetNode Root => _footer.Root;

    public IReadOnlyList<ParquetRowGroup> RowGroups => _footer.RowGroups;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is no Parquet file.</exception>
    public static ParquetFile Open(string path)
    {
        DataFile.CheckExists(path);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new ParquetFile(path, handle);
        }
        catch (ParquetFormatException e)
        {
            handle.Dispose();
            throw new MalformedInputException(path, e.Message, e.Remedy, null, e);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file starts as parquet files do.</summary>
    public static bool IsParquet(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Span<byte> mark = stackalloc byte[4];
        return RandomAccess.Read(handle, mark, 0) == 4 && mark.SequenceEqual("PAR1"u8);
    }

    /// <summary>A reader of a stored column, which <see cref="ReadRows"/> moves.</summary>
    /// <param name="leaf">The column.</param>
    /// <param name="isDeferred">Whether it moves only when its values are asked for.</param>
    public ParquetColumn Column(ParquetNode leaf, bool isDeferred = false)
    {
        var column = new ParquetColumn(this, leaf) { IsDeferred = isDeferred };
        _columns.Add(column);
        return column;
    }

    /// <summary>How many values of a column are below a level in the row group that a column stands in.</summary>
    public long CountBelow(ParquetNode leaf, ParquetChunk chunk, int definition)
    {
        using var column = new ParquetColumn(this, leaf);
        return column.CountBelow(chunk, definition);
    }

    /// <summary>Moves the columns made so far from row to row; gives the zero-based rows.</summary>
    /// <param name="reading">Says from which row group on; is told where row groups start.</param>
    public IEnumerable<long> ReadRows(RowReading reading)
    {
        long row = 0;
        foreach (ParquetRowGroup group in _footer.RowGroups)
        {
            if (row < reading.Start.Row)
            {
                row += group.Rows;
                continue;
            }
            reading.Note(row, group.Start, 0);
            Start(group, row);
            for (long left = group.Rows; left > 0; left--)
            {
                NextRow(row);
                yield return row++;
            }
        }
    }

    internal (ParquetPageHeader Header, int Bytes) ReadPageHeader(long offset, long limit)
    {
        for (int size = 256; ; size *= 4)
        {
            int length = (int)Math.Min(size, limit);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                ReadExactly(buffer.AsSpan(0, length), offset);
                var reader = new ThriftReader(buffer.AsSpan(0, length));
                ParquetPageHeader header = ParquetPageHeader.Read(ref reader);
                return (header, reader.Position);
            }
            catch (ParquetTruncatedException) when (length < limit && length < MaxPageHeaderBytes)
            {
                // Statistics in a header can be long: look at more of it.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Reads and unpacks a page into a rented buffer, which the caller returns.</summary>
    /// <param name="offset">Where the page starts, behind its header.</param>
    /// <param name="header">Its header, whose sizes were checked.</param>
    /// <param name="plainBytes">How many bytes at its start are not compressed.</param>
    /// <param name="codec">How the rest is compressed.</param>
    internal byte[] ReadPage(long offset, ParquetPageHeader header, int plainBytes, ParquetCodec codec)
    {
        int compressed = header.CompressedSize, uncompressed = header.UncompressedSize;
        if (codec == ParquetCodec.Uncompressed && compressed != uncompressed)
            throw new ParquetFormatException("a page that is not compressed states two sizes");
        byte[] target = ArrayPool<byte>.Shared.Rent(Math.Max(uncompressed, 1));
        byte[]? source = null;
        try
        {
            if (codec == ParquetCodec.Uncompressed)
            {
                ReadExactly(target.AsSpan(0, compressed), offset);
                return target;
            }
            source = ArrayPool<byte>.Shared.Rent(Math.Max(compressed, 1));
            ReadExactly(source.AsSpan(0, compressed), offset);
            source.AsSpan(0, plainBytes).CopyTo(target);
            if (uncompressed > plainBytes)
                PageDecompressor.Decompress(codec, source, plainBytes, compressed - plainBytes, target.AsSpan(plainBytes, uncompressed - plainBytes));
            return target;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(target);
            throw;
        }
        finally
        {
            if (source is not null)
                ArrayPool<byte>.Shared.Return(source);
        }
    }

    public void Dispose()
    {
        foreach (ParquetColumn column in _columns)
            column.Dispose();
        _handle.Dispose();
    }

    private void Start(ParquetRowGroup group, long row)
    {
        foreach (ParquetColumn column in _columns)
        {
            ParquetChunk? chunk = group.Chunks.FirstOrDefault(c => c.Path == column.Leaf.Path);
            column.Start(chunk ?? throw new MalformedInputException(_path, $"a row group lacks column '{column.Leaf.Path}'", "The file may be damaged: fetch or write it again.", row));
        }
    }

    private void NextRow(long row)
    {
        try
        {
            foreach (ParquetColumn column in _columns)
                column.NextRow();
        }
        catch (ParquetFormatException e)
        {
            throw new MalformedInputException(_path, e.Message, e.Remedy, row, e);
        }
    }

    private void ReadExactly(Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, target, offset);
            if (read == 0)
                throw new ParquetFormatException("it ends too early");
            target = target[read..];
            offset += read;
        }
    }
}
