using System.Runtime.InteropServices;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.Tensors;

namespace VlmMlNet.Training.Features;

/// <summary>Features of a frozen image encoder in a folder, within a bound of bytes.</summary>
internal sealed class FeatureCache : IDisposable
{
    private const string Extension = ".features";
    private readonly OutputFolder _folder;
    private readonly FeatureFile _file;
    private readonly FeatureCacheOptions _options;
    private readonly Action<string>? _note;
    private readonly long _most;
    private readonly Queue<FileInfo> _others; // those of other encoders, the longest unused first
    private long _othersLength;
    private bool _isFull;

    private FeatureCache(OutputFolder folder, FeatureFile file, string path, int valueCount, FeatureCacheOptions options, Action<string>? note)
    {
        (_folder, _file, _options, _note, ValueCount) = (folder, file, options, note, valueCount);
        _most = Math.Min(options.MaxBytes, file.Length + FreeBytes(folder.FullPath) / 2); // checkpoints and models need place too
        _others = new(new DirectoryInfo(folder.FullPath).EnumerateFiles("*" + Extension).Where(f => f.FullName != path).OrderBy(f => f.LastWriteTimeUtc));
        _othersLength = _others.Sum(f => f.Length);
    }

    /// <summary>Numbers of a picture: patches x width.</summary>
    public int ValueCount { get; }

    /// <summary>Pictures in it.</summary>
    public int Count => _file.Count;

    /// <summary>Opens the cache of a model's encoder; the folder is made.</summary>
    /// <param name="options">Where, and how much.</param>
    /// <param name="model">The model whose encoder is frozen.</param>
    /// <param name="note">Receives a sentence when nothing more is written.</param>
    /// <exception cref="IOException">The folder cannot be written, or somebody else uses it.</exception>
    public static FeatureCache Open(FeatureCacheOptions options, VisionLanguageModel model, Action<string>? note)
    {
        options.Check();
        var vision = model.Network.Vision;
        byte[] digest = EncoderDigest.Of(vision, model.ImageProcessor, options.Precision);
        int valueCount = vision.Config.PatchCount * vision.Config.HiddenSize;
        var folder = OutputFolder.Claim(options.Folder!);
        try
        {
            string path = Path.Combine(folder.FullPath, Convert.ToHexStringLower(digest)[..16] + Extension);
            var file = new FeatureFile(path, digest, valueCount * (options.Precision == WeightPrecision.Float32 ? sizeof(float) : sizeof(ushort)));
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // the last to be removed for others
            return new FeatureCache(folder, file, path, valueCount, options, note);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>What a picture is known by.</summary>
    /// <exception cref="MalformedInputException">It cannot be read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static FeatureKey KeyOf(ImageSource image) => FeatureKey.Read(image.Digest());

    /// <summary>Reads a picture's features; false where there are none. Several threads may read.</summary>
    public bool TryRead(FeatureKey key, Span<float> values)
    {
        if (_options.Precision == WeightPrecision.Float32)
            return _file.TryRead(key, MemoryMarshal.AsBytes(values));
        var halves = new ushort[values.Length];
        if (!_file.TryRead(key, MemoryMarshal.AsBytes(halves.AsSpan())))
            return false;
        for (int i = 0; i < halves.Length; i++)
            values[i] = BFloat16.Widen(halves[i]);
        return true;
    }

    /// <summary>Keeps a picture's features where there is place, and rounds them as they are kept.</summary>
    public void Add(FeatureKey? key, Span<float> values)
    {
        if (_options.Precision == WeightPrecision.Float32)
        {
            Keep(key, MemoryMarshal.AsBytes(values));
            return;
        }
        var halves = new ushort[values.Length];
        for (int i = 0; i < halves.Length; i++)
        {
            halves[i] = float.IsNaN(values[i]) ? (ushort)0x7FC0 : BFloat16.Round(values[i]);
            values[i] = BFloat16.Widen(halves[i]);
        }
        Keep(key, MemoryMarshal.AsBytes(halves.AsSpan()));
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    private void Keep(FeatureKey? known, ReadOnlySpan<byte> data)
    {
        if (_isFull || known is not { } key || _file.Contains(key))
            return;
        try
        {
            if (MakePlace())
                _file.Add(key, data);
            else
                Fill(FormattableString.Invariant($"{_most / 1e9:F1} GB are what it may have"));
        }
        catch (IOException e)
        {
            Fill(e.Message.TrimEnd('.'));
        }

        void Fill(string why)
        {
            _isFull = true;
            _note?.Invoke(FormattableString.Invariant($"the cache of picture features holds {_file.Count} pictures, and no more: {why}. The features of others are computed each time."));
        }
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return long.MaxValue / 2; // a file system that does not tell
        }
    }

    // Files of other encoders go first.
    private bool MakePlace()
    {
        while (_file.Length + _file.RecordSize + _othersLength > _most)
        {
            if (!_others.TryDequeue(out var oldest))
                return false;
            _othersLength -= oldest.Length;
            oldest.Delete();
        }
        return true;
    }
}
