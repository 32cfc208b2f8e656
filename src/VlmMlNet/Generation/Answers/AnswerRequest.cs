using VlmMlNet.Parts;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Generation.Answers;

/// <summary>A prompt to answer.</summary>
/// <param name="tokenIds">The prompt with a picture's places.</param>
/// <param name="visualTokens">The picture, [1, patches, language width], outside every dispose scope; disposed with the request.</param>
/// <param name="row">The prompt's place in the input, which random numbers depend on.</param>
/// <param name="picture">Identifies the picture where other requests may have the same: the beginning that two prompts share is
/// computed once then. Null for a picture of its own.</param>
internal sealed class AnswerRequest(int[] tokenIds, Tensor visualTokens, long row, object? picture = null) : IDisposable
{
    public int[] TokenIds { get; } = tokenIds;

    public Tensor VisualTokens { get; } = visualTokens;

    public long Row { get; } = row;

    public object? Picture { get; } = picture;

    /// <summary>A prompt's tokens. The picture comes first where the prompt has no place for it. Of the system's words, null stands for
    /// the chat template's own.</summary>
    /// <exception cref="ArgumentException">The prompt has places for several.</exception>
    public static int[] Encode(ConversationModel model, string prompt, string? system = null)
    {
        ChatMessage[] opening = system is null ? [] : [new ChatMessage("system", system)];
        var encoded = model.ChatTemplate.Encode([.. opening, new ChatMessage("user", ImagePlaceholder.Ensure(prompt))], addGenerationPrompt: true, model.ImageTokenCount);
        return encoded.ImageCount == 1
            ? encoded.TokenIds
            : throw new ArgumentException($"The prompt \"{prompt}\" has {encoded.ImageCount} {ImageToken.Text} placeholders; a row has one picture.", nameof(prompt));
    }

    public void Dispose() => VisualTokens.Dispose();
}
