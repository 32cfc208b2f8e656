using VlmMlNet.Imaging;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;
using VlmMlNet.Training.Features;

namespace VlmMlNet.Training.Batches;

/// <summary>Gathers examples, reads their pictures on all cores, and makes a batch of them.</summary>
internal sealed class BatchBuilder(VisionLanguageModel model, TrainingStage stage, TrainingRun run, FeatureCache? cache) : IDisposable
{
    private const long Augmentations = long.MaxValue; // less the epoch: the random numbers of nothing else
    private readonly List<EncodedExample> _examples = [];
    private readonly BatchPixels _pictures = new(model.ImageProcessor, run);
    private readonly BatchFeatures? _cached = cache is null ? null : new(model.ImageProcessor, run, cache, model.Network.Vision.Config.PatchCount);
    private readonly double _evenLength = PackedRows.EvenLength(model.Network.Language.Config);

    /// <summary>Examples gathered.</summary>
    public int Count => _examples.Count;

    /// <summary>Adds examples, all pictures at a time; errors are thrown in the order of the examples.</summary>
    /// <returns>How many were left out, for unreadable pictures.</returns>
    public int Add(IReadOnlyList<EncodedExample> examples)
    {
        List<ImageSource>[] pictures = [.. examples.Select(Pictures)];
        bool[] areGood = _cached?.Add(pictures) ?? _pictures.Add(pictures);
        for (int i = 0; i < areGood.Length; i++)
        {
            if (areGood[i])
                _examples.Add(examples[i]);
        }
        return areGood.Count(isGood => !isGood);
    }

    /// <summary>Makes a batch of all that is gathered.</summary>
    /// <param name="next">The place behind it.</param>
    /// <param name="skipped">Examples left out before that place.</param>
    public TrainingBatch Make(StreamPosition next, long skipped)
    {
        var rows = stage.BatchLayout == BatchLayout.Packed
            ? PackedRows.Of([.. _examples.Select(e => e.Row.TokenIds.Length)], stage.PackedLength, _evenLength)
            : [.. Enumerable.Range(0, Count).Select(i => new[] { i })];
        var order = rows.SelectMany(row => row).ToList();
        var features = order.SelectMany(i => _examples[i].Example.Images).Where(image => image.Form != PictureForm.Pixels).ToList();
        var cached = _cached?.Take(InOrder(order));
        var tensor = cached is null ? _pictures.Take(InOrder(order)) : cached.Value.Features;
        if (features.Count > 0 && tensor is not null)
            throw new ArgumentException($"{features[0].Name}: pictures and features of pictures are mixed. Give one of the two in all rows.");
        var tokens = TokenBatch.Pack([.. rows.Select(row => (IReadOnlyList<EncodedConversation>)[.. row.Select(i => _examples[i].Row)])], model.Tokenizer.EndOfTextId, model.ImageTokenCount);
        if (features.Count > 0)
            tensor = FeatureTensor.Create(model.Network, stage, features);
        var batch = new TrainingBatch(tokens, tensor, Count, _examples.Sum(e => e.ScoredTokens), next)
        {
            Form = features.Count > 0 ? features[0].Form : cached is null ? PictureForm.Pixels : PictureForm.Patches,
            Pending = cached?.Pending,
            Skipped = skipped,
        };
        _examples.Clear();
        return batch;
    }

    /// <summary>Gives the memory of what is gathered back.</summary>
    public void Dispose()
    {
        _pictures.Dispose();
        _cached?.Dispose();
    }

    // The places of the pictures when the examples have another order.
    private List<int> InOrder(List<int> order)
    {
        int[] counts = [.. _examples.Select(e => e.Example.Images.Count(image => image.Form == PictureForm.Pixels))];
        int[] first = new int[counts.Length];
        for (int i = 1; i < first.Length; i++)
            first[i] = first[i - 1] + counts[i - 1];
        return [.. order.SelectMany(i => Enumerable.Range(first[i], counts[i]))];
    }

    private List<ImageSource> Pictures(EncodedExample example)
    {
        var pictures = example.Example.Images.Where(image => image.Form == PictureForm.Pixels);
        if (stage.Augmentation is not { } augmentation)
            return [.. pictures];
        var random = SeededRandom.For(run.Seed, Augmentations - example.Epoch, example.Number);
        return [.. pictures.Select(image => image.With(augmentation, random.Next()))];
    }
}
