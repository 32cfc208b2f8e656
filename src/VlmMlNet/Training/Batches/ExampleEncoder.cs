using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Batches;

/// <summary>Turns examples into tokens: encodes, cuts, hides tokens, and leaves out what teaches nothing.</summary>
internal sealed class ExampleEncoder(VisionLanguageModel model, TrainingStage stage, TrainingRun run)
{
    /// <summary>Examples left out so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>The tokens; null for an example that is left out.</summary>
    /// <param name="example">The example.</param>
    /// <param name="epoch">The pass.</param>
    /// <param name="number">Its place in the pass.</param>
    public EncodedExample? TryEncode(TrainingExample example, int epoch, long number)
    {
        if (Encode(example, epoch, number) is { } row)
            return new EncodedExample(row, example, epoch, number);
        Skipped++;
        return null;
    }

    private EncodedConversation? Encode(TrainingExample example, int epoch, long number)
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
        if (row.ImageCount == example.Images.Count && EncodedExample.CountScored(row) > 0)
            return row;
        run.ExampleSkipped?.Invoke($"{example.Id}: nothing of it is scored within {stage.MaxLength} tokens.");
        return null;
    }
}
