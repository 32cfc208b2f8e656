using System.Runtime.CompilerServices;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Imaging;

namespace VlmMlNet.Generation;

/// <summary>Answers prompts about pictures with a model.</summary>
public static class AnswerGenerator
{
    /// <summary>Answers one prompt per picture.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The pictures. Where several in a row are the same object, it is encoded once.</param>
    /// <param name="prompts">One prompt per picture; <c>&lt;image&gt;</c> is put before a prompt that lacks it. Null: <see cref="VisionLanguageModel.CaptionPrompt"/> for all.</param>
    /// <param name="options">How answers are generated; null for the defaults. <see cref="GenerationOptions.NumAnswers"/> is 1.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>The answers in order, without special tokens and surrounding white space.</returns>
    /// <exception cref="ArgumentException">There are more or fewer prompts than pictures, a prompt has several places for the picture, or options contradict each other.</exception>
    public static IReadOnlyList<string> Answer(VisionLanguageModel model, IReadOnlyList<RgbImage> images, IReadOnlyList<string>? prompts = null,
        GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options?.CheckOneAnswer();
        return [.. Generate(model, images, prompts, options, cancellationToken).Select(answers => answers[0].Text)];
    }

    /// <summary>Answers one prompt per picture, and says how the answers came about.</summary>
    /// <returns>For each picture in order its <see cref="GenerationOptions.NumAnswers"/> answers; those of beams from the best on.</returns>
    /// <inheritdoc cref="Answer(VisionLanguageModel, IReadOnlyList{RgbImage}, IReadOnlyList{string}, GenerationOptions, CancellationToken)"/>
    public static IReadOnlyList<IReadOnlyList<GeneratedAnswer>> Generate(VisionLanguageModel model, IReadOnlyList<RgbImage> images, IReadOnlyList<string>? prompts = null,
        GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (prompts is not null && prompts.Count != images.Count)
            throw new ArgumentException($"{prompts.Count} prompts for {images.Count} pictures.", nameof(prompts));
        return [.. GenerateLazily(model, images.Select((image, i) => (image, prompts?[i])), options, cancellationToken)];
    }

    /// <summary>Answers prompts as they come: pictures are asked for when there is a place for them, and answers may be read while others are
    /// made, so that any number can be answered in little memory.</summary>
    /// <param name="model">The model; its parts live until the end, whoever disposes it meanwhile.</param>
    /// <param name="asked">Pictures with their prompts; null stands for <see cref="VisionLanguageModel.CaptionPrompt"/>.</param>
    /// <param name="options">How answers are generated; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>For each picture in order its <see cref="GenerationOptions.NumAnswers"/> answers; those of beams from the best on.</returns>
    /// <exception cref="ArgumentException">Options contradict each other; found at once.</exception>
    public static IEnumerable<IReadOnlyList<GeneratedAnswer>> GenerateLazily(VisionLanguageModel model, IEnumerable<(RgbImage Image, string? Prompt)> asked,
        GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(asked);
        options ??= new GenerationOptions();
        options.Check();
        GenerationLimits.Check(options, model.Conversation.Language.Config, promptTokens: 0);
        return Run(model, asked.Select(a => new PictureRequest(a.Image, a.Prompt ?? model.CaptionPrompt)), options, cancellationToken);
    }

    /// <summary>Answers a prompt about a picture, piece by piece as the model makes it.</summary>
    /// <param name="model">The model; its parts live until the end, whoever disposes it meanwhile.</param>
    /// <param name="image">The picture.</param>
    /// <param name="prompt">The prompt; <c>&lt;image&gt;</c> is put before one that lacks it. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>.</param>
    /// <param name="options">How the answer is generated, without beams; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>Pieces that together are the answer that <see cref="Answer"/> gives; never half a character, nor part of a stop sequence.
    /// The model works only while the next piece is awaited, on another thread.</returns>
    /// <exception cref="ArgumentException">Options contradict each other, or ask for beams or several answers; found at once.</exception>
    public static IAsyncEnumerable<string> StreamAsync(VisionLanguageModel model, RgbImage image, string? prompt = null,
        GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(image);
        options ??= new GenerationOptions();
        options.CheckStreaming();
        GenerationLimits.Check(options, model.Conversation.Language.Config, promptTokens: 0);
        return Stream(model, image, prompt, options, cancellationToken);
    }

    private static async IAsyncEnumerable<string> Stream(VisionLanguageModel model, RgbImage image, string? prompt, GenerationOptions? options,
        CancellationToken given, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var session = new ImageSession(model, image);
        await foreach (string piece in session.StreamAsync(prompt, options, given).WithCancellation(cancellationToken))
            yield return piece;
    }

    /// <summary>Answers prompts as they come, in order and with bounded work ahead.</summary>
    /// <remarks>The model may be disposed meanwhile: its parts live until the last answer.</remarks>
    internal static IEnumerable<IReadOnlyList<GeneratedAnswer>> Run(VisionLanguageModel model, IEnumerable<PictureRequest> asked, GenerationOptions options, CancellationToken cancellationToken)
    {
        using var held = model.Share();
        var scheduler = new AnswerScheduler(held.Conversation, options, options.Seed ?? Random.Shared.Next());
        foreach (var answers in scheduler.Run(PictureRequest.Encode(held, asked, options.BatchSize), cancellationToken.ThrowIfCancellationRequested))
            yield return answers;
    }
}
