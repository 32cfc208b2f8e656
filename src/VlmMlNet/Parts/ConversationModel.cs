using VlmMlNet.Models;
using VlmMlNet.Text;

namespace VlmMlNet.Parts;

/// <summary>A language model with what belongs to it: all that makes an answer, or its likelihood, of visual tokens and text.</summary>
internal sealed class ConversationModel(LanguageModelPart language, VlmTokenizer tokenizer, ChatTemplate chatTemplate, int imageTokenCount)
{
    /// <summary>The weights, shared with other models.</summary>
    public LanguageModelPart Language { get; } = language;

    /// <summary>The language model's tokenizer.</summary>
    public VlmTokenizer Tokenizer { get; } = tokenizer;

    /// <summary>Conversations to token ids.</summary>
    public ChatTemplate ChatTemplate { get; } = chatTemplate;

    /// <summary>Tokens that one picture takes in the sequence.</summary>
    public int ImageTokenCount { get; } = imageTokenCount;

    /// <summary>The language model with pictures in its sequence, to score answers.</summary>
    /// <exception cref="InvalidOperationException">The weights are reduced.</exception>
    public MultimodalDecoder Decoder => new(Language.Module);

    /// <summary>The tokens that end an answer: the chat template's, and those that the model's files name.</summary>
    public int[] StopIds { get; } = [.. ((int[])[tokenizer.ImEndId, tokenizer.EndOfTextId]).Union(language.Config.Generation.StopIds)];

    /// <inheritdoc cref="LanguageModelPart.OpenSession"/>
    public DecodingSession OpenSession(int slots, int capacity, int? maxThreads = null) => Language.OpenSession(slots, capacity, maxThreads);

    /// <summary>The same model with weights of a precision, which the caller then holds.</summary>
    /// <inheritdoc cref="LanguageModelPart.WithPrecision" path="/exception"/>
    public ConversationModel WithPrecision(WeightPrecision precision) => new(Language.WithPrecision(precision), Tokenizer, ChatTemplate, ImageTokenCount);

    /// <summary>Adds a holder of the language model.</summary>
    public ConversationModel Hold()
    {
        Language.Hold();
        return this;
    }

    /// <summary>Removes a holder of the language model.</summary>
    public void Release() => Language.Release();
}
