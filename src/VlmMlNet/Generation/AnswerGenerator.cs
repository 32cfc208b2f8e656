using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Generation;

/// <summary>Answers prompts about pictures with a model.</summary>
public static class AnswerGenerator
{
    /// <summary>Answers one prompt per picture.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="prompts">One prompt per picture; <c>&lt;image&gt;</c> is put before a prompt that lacks it. Null: <see cref="VisionLanguageModel.CaptionPrompt"/> for all.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>The answers in order, without special tokens and surrounding white space.</returns>
    public static IReadOnlyList<string> Answer(VisionLanguageModel model, IReadOnlyList<Imaging.RgbImage> images, IReadOnlyList<string>? prompts = null,
        GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        if (prompts is not null && prompts.Count != images.Count)
            throw new ArgumentException($"{prompts.Count} prompts for {images.Count} pictures.", nameof(prompts));
        options ??= new GenerationOptions();
        options.Check();

        var answers = new List<string>(images.Count);
        for (int first = 0; first < images.Count; first += options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(options.BatchSize, images.Count - first);
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            using var pixels = PixelTensor.Create(model.ImageProcessor, images.Skip(first).Take(count).ToList())!;
            var visualTokens = model.Network.VisualTokens(pixels.to(model.Device));
            answers.AddRange(Answer(model.Conversation, visualTokens, prompts?.Skip(first).Take(count).ToList() ?? Enumerable.Repeat(model.CaptionPrompt, count).ToList(), options, cancellationToken));
        }
        return answers;
    }

    /// <summary>Answers one prompt per row of visual tokens, all side by side.</summary>
    /// <param name="model">The model.</param>
    /// <param name="visualTokens">[rows, patches, language width].</param>
    /// <param name="prompts">One prompt per row.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    internal static IReadOnlyList<string> Answer(ConversationModel model, Tensor visualTokens, IReadOnlyList<string> prompts, GenerationOptions options, CancellationToken cancellationToken)
    {
        int[][] rows = [.. prompts.Select(p => Encode(model, p).TokenIds)];
        int[] stopIds = [model.Tokenizer.ImEndId, model.Tokenizer.EndOfTextId];
        using var session = model.OpenSession(rows.Length, rows.Max(r => r.Length) + options.MaxTokens, options.MaxThreads);
        for (int row = 0; row < rows.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            session.Append(row, rows[row], visualTokens.narrow(0, row, 1));
        }
        var answers = GreedyDecoder.Generate(session, stopIds, options.MaxTokens, cancellationToken);
        return [.. answers.Select(a => model.Tokenizer.Decode(a).Trim())];
    }

    private static EncodedConversation Encode(ConversationModel model, string prompt)
    {
        string content = prompt.Contains(ImageToken.Text, StringComparison.Ordinal) ? prompt : $"{ImageToken.Text}\n{prompt}";
        var row = model.ChatTemplate.Encode([new ChatMessage("user", content)], addGenerationPrompt: true, model.ImageTokenCount);
        return row.ImageCount == 1
            ? row
            : throw new ArgumentException($"The prompt \"{prompt}\" has {row.ImageCount} {ImageToken.Text} placeholders; a row has one picture.", nameof(prompt));
    }
}
