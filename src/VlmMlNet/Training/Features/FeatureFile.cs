using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace VlmMlNet.Training.Features;

/// <summary>Records of one size in a file that grows at its end.</summary>
/// <remarks>
/// <code>
/// "VLMFEAT1", the encoder's digest (32), bytes of a record (8), zeros up to 64
/// record: the picture's digest (32), SHA-256 of digest and data (32), data
/// </code>
/// A process that is killed leaves at most one record that is cut off, which the next one removes; whatever else a failing disk may
/// leave has a wrong checksum, and counts as absent. Records are read through the system's cache by position: a memory-mapped file
/// would end the process if another one cut it off, and a batch is copied into one tensor all the same.
/// </remarks>
internal sealed class FeatureFile : IDisposable
{
    private const int HeaderSize = 64, HashSize = 32, DataOffset = FeatureKey.Size + HashSize;
    private readonly SafeFileHandle _handle;
    private readonly int _recordSize;
    private readonly ConcurrentDictionary<FeatureKey, long> _places = new();
    private readonly Lock _writing = new();

    /// <summary>Opens a file, or begins it. One of another encoder, or none of this kind, is begun anew.</summary>
    /// <param name="path">The file. No other process may use it.</param>
    /// <param name="digest">Says whose features they are; 32 bytes.</param>
    /// <param name="dataSize">Bytes of a picture's features.</param>
    public FeatureFile(string path, ReadOnlySpan<byte> digest, int dataSize)
    {
        _recordSize = DataOffset + dataSize;
        Span<byte> header = stackalloc byte[HeaderSize], found = stackalloc byte[HeaderSize];
        header.Clear();
        "VLMFEAT1"u8.CopyTo(header);
        digest.CopyTo(header[8..]);
        BitConverter.TryWriteBytes(header[40..], (long)_recordSize);
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (RandomAccess.Read(_handle, found, 0) < HeaderSize || !found.SequenceEqual(header))
            {
                RandomAccess.SetLength(_handle, 0);
                RandomAccess.Write(_handle, header, 0);
            }
            ReadKeys();
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of a record.</summary>
    public int RecordSize => _recordSize;

    /// <summary>Records that can be read, as far as is known.</summary>
    public int Count => _places.Count;

    public bool Contains(FeatureKey key) => _places.ContainsKey(key);

    /// <summary>Reads a record; false where there is none, or it is damaged. Several threads may read.</summary>
    public bool TryRead(FeatureKey key, Span<byte> data)
    {
        if (!_places.TryGetValue(key, out long place))
            return false;
        byte[] rented = ArrayPool<byte>.Shared.Rent(_recordSize);
        try
        {
            var record = rented.AsSpan(0, _recordSize);
            Span<byte> expected = stackalloc byte[HashSize];
            if (ReadAt(record, place) && FeatureKey.Read(record) == key && Hash(record, expected) && expected.SequenceEqual(record[FeatureKey.Size..DataOffset]))
            {
                record[DataOffset..].CopyTo(data);
                return true;
            }
        }
        catch (IOException)
        {
            // a bad sector is a record that is not there
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        _places.TryRemove(KeyValuePair.Create(key, place));
        return false;
    }

    /// <summary>Adds a record at the end, unless it is there.</summary>
    /// <exception cref="IOException">It cannot be written; the file is as before.</exception>
    public void Add(FeatureKey key, ReadOnlySpan<byte> data)
    {
        if (data.Length != _recordSize - DataOffset)
            throw new ArgumentException($"A record has {_recordSize - DataOffset} bytes, not {data.Length}.", nameof(data));
        byte[] rented = ArrayPool<byte>.Shared.Rent(_recordSize);
        try
        {
            var record = rented.AsSpan(0, _recordSize);
            key.Write(record);
            data.CopyTo(record[DataOffset..]);
            Hash(record, record[FeatureKey.Size..DataOffset]);
            lock (_writing)
            {
                if (_places.ContainsKey(key))
                    return;
                Append(record);
                _places[key] = Length - _recordSize;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Append(ReadOnlySpan<byte> record)
    {
        try
        {
            RandomAccess.Write(_handle, record, Length);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_handle, Length);
            throw;
        }
        Length += record.Length;
    }

    private void ReadKeys()
    {
        long count = Math.Max(0, RandomAccess.GetLength(_handle) - HeaderSize) / _recordSize;
        Length = HeaderSize + count * _recordSize;
        RandomAccess.SetLength(_handle, Length);
        Span<byte> key = stackalloc byte[FeatureKey.Size];
        for (long i = 0, place = HeaderSize; i < count; i++, place += _recordSize)
        {
            if (ReadAt(key, place))
                _places[FeatureKey.Read(key)] = place; // a later one takes the place of a damaged one
        }
    }

    private bool ReadAt(Span<byte> bytes, long place)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_handle, bytes, place);
            if (read == 0)
                return false;
            bytes = bytes[read..];
            place += read;
        }
        return true;
    }

    private static bool Hash(ReadOnlySpan<byte> record, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(record[..FeatureKey.Size]);
        sha.AppendData(record[DataOffset..]);
        return sha.TryGetHashAndReset(hash, out _);
    }
}
