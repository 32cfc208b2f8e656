using VlmMlNet.Imaging;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Batches;

/// <summary>Turns examples into batches: encodes text, hides tokens, decodes and resizes pictures on all cores, pads. Runs on the prefetch thread.</summary>
internal sealed class BatchReader(VisionLanguageModel model, TrainingSet data, TrainingStage stage, TrainingRun run)
{
    /// <summary>Examples left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>The batches of one epoch, in order.</summary>
    /// <param name="epoch">The pass.</param>
    /// <param name="start">The place in it to start at.</param>
    public IEnumerable<TrainingBatch> Read(int epoch, StreamPosition start = default)
    {
        var rows = new List<EncodedConversation>();
        using var pictures = new BatchPixels(model.ImageProcessor, run);
        var features = new List<ImageSource>();
        var waiting = new List<(EncodedConversation Row, TrainingExample Example)>();
        var place = start;
        foreach (var (example, next) in new ExampleStream(data, run.Seed, epoch, run.Shuffle ? ShuffleWindow.Default : null).Read(start))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            place = next;
            if (TryEncode(example, epoch, next.Example - 1) is not { } row)
            {
                Skipped++;
                continue;
            }
            waiting.Add((row, example));
            if (rows.Count + waiting.Count < stage.BatchSize)
                continue;
            Prepare(waiting, rows, pictures, features);
            if (rows.Count == stage.BatchSize) // else unreadable pictures were left out, and others take their place
                yield return MakeBatch(rows, pictures, features, place);
        }
        Prepare(waiting, rows, pictures, features);
        if (rows.Count > 0)
            yield return MakeBatch(rows, pictures, features, place);
    }

    private EncodedConversation? TryEncode(TrainingExample example, int epoch, long number)
    {
        if (example.Problem is { } problem)
        {
            if (!run.SkipUnreadableImages)
                throw problem;
            run.ExampleSkipped?.Invoke(problem.Message);
            return null;
        }
        var row = model.ChatTemplate.Encode(example.Messages, addGenerationPrompt: false, model.ImageTokenCount);
        if (row.ImageCount != example.Images.Count)
            throw new MalformedInputException(example.Id, $"the conversation has {row.ImageCount} {ImageToken.Text} placeholders for {example.Images.Count} pictures",
                "Put one placeholder per picture into the user's turns.");
        if (row.TokenIds.Length > stage.MaxLength)
        {
            try
            {
                row = row.Truncate(stage.MaxLength);
            }
            catch (MalformedInputException e) when (run.SkipUnreadableImages)
            {
                run.ExampleSkipped?.Invoke($"{example.Id}: {e.Message}");
                return null;
            }
        }
        if (stage.TokenMasking > 0)
            row = TokenMasking.Apply(row, stage.TokenMasking, model.Tokenizer.EndOfTextId, model.Tokenizer.ImEndId, SeededRandom.For(run.Seed, epoch + 1, number));
        if (row.ImageCount == example.Images.Count && CountScored(row) > 0)
            return row;
        run.ExampleSkipped?.Invoke($"{example.Id}: nothing of it is scored within {stage.MaxLength} tokens.");
        return null;
    }

    // All pictures of a batch at a time; errors are thrown in the order of the examples.
    private void Prepare(List<(EncodedConversation Row, TrainingExample Example)> waiting, List<EncodedConversation> rows, BatchPixels pictures, List<ImageSource> features)
    {
        bool[] areGood = pictures.Add([.. waiting.Select(w => w.Example.Images.Where(i => i.Form == PictureForm.Pixels).ToList())]);
        for (int i = 0; i < areGood.Length; i++)
        {
            if (!areGood[i])
            {
                Skipped++;
                continue;
            }
            rows.Add(waiting[i].Row);
            features.AddRange(waiting[i].Example.Images.Where(image => image.Form != PictureForm.Pixels));
        }
        waiting.Clear();
    }

    private TrainingBatch MakeBatch(List<EncodedConversation> rows, BatchPixels pictures, List<ImageSource> features, StreamPosition next)
    {
        var tensor = pictures.Take();
        if (features.Count > 0 && tensor is not null)
            throw new ArgumentException($"{features[0].Name}: pictures and features of pictures are mixed. Give one of the two in all rows.");
        var tokens = TokenBatch.Collate(rows, PaddingSide.Right, model.Tokenizer.EndOfTextId, model.ImageTokenCount);
        if (features.Count > 0)
            tensor = FeatureTensor.Create(model.Network, stage, features);
        var batch = new TrainingBatch(tokens, tensor, rows.Count, rows.Sum(CountScored), next)
        {
            Form = features.Count > 0 ? features[0].Form : PictureForm.Pixels,
            Skipped = Skipped,
        };
        rows.Clear();
        features.Clear();
        return batch;
    }

    // The first token of a row has no token before it that could predict it.
    private static int CountScored(EncodedConversation row) => row.Labels.Skip(1).Count(l => l >= 0);
}
