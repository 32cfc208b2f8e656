using System.Buffers;
using VlmMlNet.Imaging;
using VlmMlNet.Tensors;
using VlmMlNet.Training.Features;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Batches;

/// <summary>The pictures of a batch that is being put together, where an encoder's features are cached: those of the cache are read, the
/// others' pictures decoded.</summary>
/// <param name="processor">What pictures become.</param>
/// <param name="run">Says whether unreadable ones are left out.</param>
/// <param name="cache">The features.</param>
/// <param name="patches">Patches of a picture.</param>
internal sealed unsafe class BatchFeatures(ImageProcessor processor, TrainingRun run, FeatureCache cache, int patches) : IDisposable
{
    private readonly BatchPixels _missing = new(processor, run);
    private readonly List<Picture> _kept = [];

    /// <summary>As <see cref="BatchPixels.Add"/>.</summary>
    public bool[] Add(IReadOnlyList<IReadOnlyList<ImageSource>> examples)
    {
        var images = examples.SelectMany(e => e).ToList();
        var pictures = new Picture[images.Count];
        Parallel.For(0, images.Count, i => pictures[i] = Find(images[i]));
        int place = 0;
        var own = examples.Select(e => pictures[place..(place += e.Count)]).ToList();
        bool[] areGood = _missing.Add([.. examples.Select((e, i) => e.Where((_, k) => own[i][k].Values is null).ToList())]);
        for (int i = 0; i < areGood.Length; i++)
        {
            if (areGood[i])
                _kept.AddRange(own[i]);
            else
                Return(own[i]);
        }
        return areGood;
    }

    /// <summary>The features [pictures, patches, width] float32 on the CPU outside every dispose scope, and what of them is still to be
    /// computed; null without pictures. Begins anew.</summary>
    /// <param name="order">The places of the pictures among those that were kept.</param>
    public (Tensor Features, PendingFeatures? Pending)? Take(IReadOnlyList<int> order)
    {
        if (_kept.Count == 0)
            return null;
        int size = cache.ValueCount;
        int[] numbers = new int[_kept.Count]; // of those that are missing, among themselves
        for (int i = 0, next = 0; i < numbers.Length; i++)
            numbers[i] = _kept[i].Values is null ? next++ : -1;
        var features = empty([order.Count, patches, size / patches], ScalarType.Float32).DetachFromDisposeScope();
        float* to = TensorMemory.Pointer<float>(features);
        var missing = new List<(int Place, FeatureKey? Key)>();
        var pixels = new List<int>();
        for (int place = 0; place < order.Count; place++)
        {
            var picture = _kept[order[place]];
            if (picture.Values is not null)
            {
                picture.Values.AsSpan(0, size).CopyTo(new Span<float>(to + (long)place * size, size));
                continue;
            }
            missing.Add((place, picture.Key));
            pixels.Add(numbers[order[place]]);
        }
        var pending = missing.Count == 0 ? null : new PendingFeatures(cache, _missing.Take(pixels)!, missing);
        Dispose();
        return (features, pending);
    }

    /// <summary>Gives the memory back that was not taken.</summary>
    public void Dispose()
    {
        Return(_kept);
        _kept.Clear();
        _missing.Dispose();
    }

    private Picture Find(ImageSource image)
    {
        FeatureKey? key = null;
        try
        {
            key = FeatureCache.KeyOf(image);
        }
        catch (Exception e) when (e is MalformedInputException or IOException or UnauthorizedAccessException)
        {
            return new(null, null); // decoding says what is wrong
        }
        float[] values = ArrayPool<float>.Shared.Rent(cache.ValueCount);
        if (cache.TryRead(key.Value, values.AsSpan(0, cache.ValueCount)))
            return new(key, values);
        ArrayPool<float>.Shared.Return(values);
        return new(key, null);
    }

    private static void Return(IEnumerable<Picture> pictures)
    {
        foreach (var picture in pictures)
            if (picture.Values is not null)
                ArrayPool<float>.Shared.Return(picture.Values);
    }

    private readonly record struct Picture(FeatureKey? Key, float[]? Values);
}
