using System.Collections.Concurrent;
using System.Globalization;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Data.Validation;

/// <summary>Looks at pictures on several threads, at each file once.</summary>
/// <param name="source">The data set, for messages about embedded pictures.</param>
/// <param name="options">How closely.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class PictureInspection(string source, DataValidationOptions options, ProblemList problems)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _seen = [];     // hashes of paths: 16 bytes each, however long they are
    private (int Width, int Height)? _least, _greatest;
    private long _count, _missing, _unreadable, _good, _widths, _heights;

    /// <summary>Looks at all; the sequence is enumerated by one thread at a time.</summary>
    public void Inspect(IEnumerable<RowPicture> pictures)
    {
        var parallel = new ParallelOptions { CancellationToken = options.CancellationToken, MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(pictures.Where(IsNew), EnumerablePartitionerOptions.NoBuffering), parallel, Inspect);
    }

    /// <summary>What was found.</summary>
    public ImageStatistics Statistics() => new(_count, _missing, _unreadable, _least, _greatest, _widths / (double)_good, _heights / (double)_good);

    // Called while the sequence is enumerated.
    private bool IsNew(RowPicture picture)
    {
        if (picture.Path is null)
            return true;
        ulong hash = 14695981039346656037;  // FNV-1a
        foreach (char c in picture.Path)
            hash = (hash ^ c) * 1099511628211;
        return _seen.Add(hash);
    }

    private void Inspect(RowPicture picture)
    {
        try
        {
            (int width, int height) = Size(picture);
            lock (_lock)
            {
                _count++;
                _good++;
                _widths += width;
                _heights += height;
                _least = _least is { } least ? (Math.Min(least.Width, width), Math.Min(least.Height, height)) : (width, height);
                _greatest = _greatest is { } greatest ? (Math.Max(greatest.Width, width), Math.Max(greatest.Height, height)) : (width, height);
            }
        }
        catch (Exception e) when (e is MalformedInputException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            bool missing = e is FileNotFoundException or DirectoryNotFoundException;
            lock (_lock)
            {
                _count++;
                _missing += missing ? 1 : 0;
                _unreadable += missing ? 0 : 1;
            }
            string name = picture.Path ?? source;
            // The message begins with the name, which the problem has anyway.
            string text = e.Message.StartsWith(Name(picture) + ": ", StringComparison.Ordinal) ? e.Message[(Name(picture).Length + 2)..] : missing ? "there is no such file" : e.Message;
            problems.Add(new DataProblem(DataProblemKind.Image, name, picture.Row, null, picture.Path is null ? $"embedded picture: {text}" : text), (0, picture.Row));
        }
    }

    private (int Width, int Height) Size(RowPicture picture)
    {
        if (options.Images == ImageCheck.Header)
        {
            ImageHeader header = picture.Path is null ? ImageDecoder.ReadHeader(picture.Bytes, Name(picture), options.Decoding) : ImageDecoder.ReadHeader(picture.Path, options.Decoding);
            return (header.Width, header.Height);
        }
        using RentedPixels pixels = picture.Path is null ? ImageDecoder.Rent(picture.Bytes, Name(picture), options.Decoding) : ImageDecoder.Rent(picture.Path, options.Decoding);
        return (pixels.Width, pixels.Height);
    }

    private static string Name(RowPicture picture) => picture.Path ?? string.Create(CultureInfo.InvariantCulture, $"row {picture.Row}");
}
