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
    /// <param name="firstExample">Examples before this one are passed over without decoding them.</param>
    public IEnumerable<TrainingBatch> Read(int epoch, long firstExample = 0)
    {
        var rows = new List<EncodedConversation>();
        var images = new List<Imaging.RgbImage>();
        long number = 0;
        foreach (var example in run.Shuffle ? data.ReadShuffled(run.Seed, epoch) : data.Read())
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            if (number++ < firstExample)
                continue;
            if (TryEncode(example, epoch, number - 1) is not var (row, pictures))
            {
                Skipped++;
                continue;
            }
            rows.Add(row);
            images.AddRange(pictures);
            if (rows.Count < stage.BatchSize)
                continue;
            yield return MakeBatch(rows, images, number);
            rows.Clear();
            images.Clear();
        }
        if (rows.Count > 0)
            yield return MakeBatch(rows, images, number);
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
            return (row, example.Images.Select(i => i.Decode()).ToList());
        }
        catch (Exception e) when (run.SkipUnreadableImages && e is MalformedInputException or IOException)
        {
            return null;
        }
    }

    private TrainingBatch MakeBatch(List<EncodedConversation> rows, List<Imaging.RgbImage> images, long nextExample)
    {
        var tokens = TokenBatch.Collate(rows, PaddingSide.Right, model.Tokenizer.EndOfTextId, model.ImageTokenCount);
        return new TrainingBatch(tokens, PixelTensor.Create(model.ImageProcessor, images), rows.Count, rows.Sum(CountScored), nextExample);
    }

    // The first token of a row has no token before it that could predict it.
    private static int CountScored(EncodedConversation row) => row.Labels.Skip(1).Count(l => l >= 0);
}
