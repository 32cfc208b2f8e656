using VlmMlNet.Models;
using VlmMlNet.Text;

namespace VlmMlNet.Training;

/// <summary>Turns examples into batches: decodes pictures, encodes text, hides tokens, pads. Runs on the prefetch thread.</summary>
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
        var images = new List<Imaging.RgbImage>();
        var features = new List<ImageInput>();
        var place = start;
        foreach (var (example, next) in new ExampleStream(data, run.Seed, epoch, run.Shuffle ? ShuffleWindow.Default : null).Read(start))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            place = next;
            if (TryEncode(example, epoch, next.Example - 1) is not var (row, pictures))
            {
                Skipped++;
                continue;
            }
            rows.Add(row);
            images.AddRange(pictures);
            features.AddRange(example.Images.Where(i => i.Form != PictureForm.Pixels));
            if (rows.Count < stage.BatchSize)
                continue;
            yield return MakeBatch(rows, images, features, place);
            rows.Clear();
            images.Clear();
            features.Clear();
        }
        if (rows.Count > 0)
            yield return MakeBatch(rows, images, features, place);
    }

    private (EncodedConversation Row, IReadOnlyList<Imaging.RgbImage> Pictures)? TryEncode(TrainingExample example, int epoch, long number)
    {
        var row = model.ChatTemplate.Encode(example.Messages, addGenerationPrompt: false, model.ImageTokenCount);
        if (row.ImageCount != example.Images.Count)
            throw new MalformedInputException(example.Id, $"the conversation has {row.ImageCount} {ImageToken.Text} placeholders for {example.Images.Count} pictures",
                "Put one placeholder per picture into the user's turns.");
        if (row.TokenIds.Length > stage.MaxLength)
            row = row.Truncate(stage.MaxLength);
        if (stage.TokenMasking > 0)
            row = TokenMasking.Apply(row, stage.TokenMasking, model.Tokenizer.EndOfTextId, model.Tokenizer.ImEndId, SeededRandom.For(run.Seed, epoch + 1, number));
        if (row.ImageCount != example.Images.Count || CountScored(row) == 0)
            return null; // cut off by the length limit, or nothing to learn from
        try
        {
            return (row, example.Images.Where(i => i.Form == PictureForm.Pixels).Select(i => i.Decode()).ToList());
        }
        catch (Exception e) when (run.SkipUnreadableImages && e is MalformedInputException or IOException)
        {
            return null;
        }
    }

    private TrainingBatch MakeBatch(List<EncodedConversation> rows, List<Imaging.RgbImage> images, List<ImageInput> features, StreamPosition next)
    {
        if (features.Count > 0 && images.Count > 0)
            throw new ArgumentException($"{features[0].Name}: pictures and features of pictures are mixed. Give one of the two in all rows.");
        var tokens = TokenBatch.Collate(rows, PaddingSide.Right, model.Tokenizer.EndOfTextId, model.ImageTokenCount);
        var pictures = features.Count > 0 ? FeatureTensor.Create(model.Network, stage, features) : PixelTensor.Create(model.ImageProcessor, images);
        return new TrainingBatch(tokens, pictures, rows.Count, rows.Sum(CountScored), next)
        {
            Form = features.Count > 0 ? features[0].Form : PictureForm.Pixels,
            Skipped = Skipped,
        };
    }

    // The first token of a row has no token before it that could predict it.
    private static int CountScored(EncodedConversation row) => row.Labels.Skip(1).Count(l => l >= 0);
}
