using VlmMlNet.Imaging;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Batches;

/// <summary>The pictures of a batch that is being put together: they are read some examples at a time, unreadable ones are left out with
/// their examples, and others take their place.</summary>
internal sealed class BatchPixels(ImageProcessor processor, TrainingRun run) : IDisposable
{
    private readonly List<(PixelBatch Pictures, List<int> Kept)> _parts = [];

    /// <summary>Reads the pictures of examples, all of them at a time.</summary>
    /// <param name="examples">Each example's pictures.</param>
    /// <returns>For each example whether its pictures are good: they are kept then. What is wrong with others was reported.</returns>
    /// <exception cref="MalformedInputException">A picture cannot be read, and the run skips none; of several the first.</exception>
    public bool[] Add(IReadOnlyList<IReadOnlyList<ImageSource>> examples)
    {
        var images = examples.SelectMany(e => e).ToList();
        bool[] areGood = new bool[examples.Count];
        if (images.Count == 0)
        {
            Array.Fill(areGood, true);
            return areGood;
        }
        var part = PixelBatch.Read(processor, images);
        var kept = new List<int>();
        _parts.Add((part, kept));
        for (int i = 0, first = 0; i < areGood.Length; first += examples[i++].Count)
        {
            if (areGood[i] = AreReadable(part, first, examples[i].Count))
                kept.AddRange(Enumerable.Range(first, examples[i].Count));
        }
        return areGood;
    }

    /// <summary>The pictures that were kept, [pictures, 3, H, W] on the CPU outside every dispose scope, and begins anew; null for none.</summary>
    /// <param name="order">The places of the pictures among those that were kept; null for the order in which they were added.</param>
    public Tensor? Take(IReadOnlyList<int>? order = null)
    {
        var pictures = TakeAll();
        if (pictures is null || order is null || order.Index().All(place => place.Index == place.Item))
            return pictures;
        using (pictures)
        using (var places = tensor(order.Select(i => (long)i).ToArray()))
            return pictures.index_select(0, places).DetachFromDisposeScope();
    }

    private Tensor? TakeAll()
    {
        try
        {
            var parts = _parts.Where(p => p.Kept.Count > 0).Select(p => p.Pictures.Take(p.Kept)).ToList();
            if (parts.Count <= 1)
                return parts.FirstOrDefault();
            var all = cat(parts).DetachFromDisposeScope();
            parts.ForEach(p => p.Dispose());
            return all;
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Gives the memory back that was not taken.</summary>
    public void Dispose()
    {
        _parts.ForEach(p => p.Pictures.Dispose());
        _parts.Clear();
    }

    private bool AreReadable(PixelBatch pictures, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            if (pictures.Error(i) is not { } error)
                continue;
            if (!run.SkipUnreadableImages || error is not (MalformedInputException or IOException))
                pictures.ThrowIfBad(i);
            run.ExampleSkipped?.Invoke(error.Message);
            return false;
        }
        return true;
    }
}
