using VlmMlNet.Text;

namespace VlmMlNet.Models;

/// <summary>A language model with what belongs to it: all that makes an answer, or its likelihood, of visual tokens and text.</summary>
internal sealed class ConversationModel(SharedModule<Qwen2ForCausalLM> language, VlmTokenizer tokenizer, ChatTemplate chatTemplate, int imageTokenCount)
{
    /// <summary>The weights, shared with other models.</summary>
    public SharedModule<Qwen2ForCausalLM> Language { get; } = language;

    /// <summary>The language model's tokenizer.</summary>
    public VlmTokenizer Tokenizer { get; } = tokenizer;

    /// <summary>Conversations to token ids.</summary>
    public ChatTemplate ChatTemplate { get; } = chatTemplate;

    /// <summary>Tokens that one picture takes in the sequence.</summary>
    public int ImageTokenCount { get; } = imageTokenCount;

    /// <summary>The language model with pictures in its sequence.</summary>
    public MultimodalDecoder Decoder { get; } = new(language.Module);

    /// <summary>Adds a holder of the language model.</summary>
    public ConversationModel Hold()
    {
        Language.Hold();
        return this;
    }

    /// <summary>Removes a holder of the language model.</summary>
    public void Release() => Language.Release();
}
