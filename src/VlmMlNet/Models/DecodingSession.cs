using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Sequences that one model decodes side by side, each in a numbered slot with its own keys and values.</summary>
/// <remarks>
/// A slot begins empty, takes tokens by <see cref="Append"/> (a prompt, with its pictures) and <see cref="Step"/> (one token for
/// each of several slots: the weights are read once for all of them), and begins anew after <see cref="Truncate"/>. After either,
/// <see cref="Logits"/> predicts the slot's next token. What a slot computes does not depend on what other slots do, nor on
/// whether its tokens came together or one by one, beyond the rounding of float32 and bfloat16 prompts.
/// A session belongs to one thread at a time; several sessions of a model may be used by several threads.
/// </remarks>
internal abstract class DecodingSession : IDisposable
{
    /// <summary>Number of slots.</summary>
    public abstract int Slots { get; }

    /// <summary>Most tokens that a slot holds.</summary>
    public abstract int Capacity { get; }

    /// <summary>Number of logits of a slot.</summary>
    public abstract int VocabSize { get; }

    /// <summary>Tokens that a slot holds now.</summary>
    public abstract int Length(int slot);

    /// <summary>Appends several tokens to a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="tokenIds">At least one. <see cref="ImageToken.Id"/> stands for a position of a picture; pictures are whole.</param>
    /// <param name="visualTokens">The pictures in order, [pictures, patches, language width]; null without pictures.</param>
    /// <param name="kind">Hybrid: a picture's tokens see each other. Causal: none sees a later one. (Under the bidirectional mask
    /// earlier tokens depend on later ones: it cannot be decoded step by step.)</param>
    /// <exception cref="ArgumentException">An id is outside the vocabulary, the pictures do not fit the ids, or the slot is too short.</exception>
    public abstract void Append(int slot, ReadOnlySpan<int> tokenIds, Tensor? visualTokens = null, AttentionMaskKind kind = AttentionMaskKind.Hybrid);

    /// <summary>Appends one token to each of several slots.</summary>
    /// <param name="slots">Distinct slots, none of them empty, in any order.</param>
    /// <param name="tokens">A token for each.</param>
    /// <exception cref="ArgumentException">An id is outside the vocabulary, a slot is named twice, empty or full.</exception>
    public abstract void Step(ReadOnlySpan<int> slots, ReadOnlySpan<int> tokens);

    /// <summary>The logits after the slot's last token, [VocabSize]. They may be changed in place, for example by penalties;
    /// they stay valid until the slot's next <see cref="Append"/>, <see cref="Step"/> or <see cref="Copy"/> into it.</summary>
    public abstract Span<float> Logits(int slot);

    /// <summary>The most likely next token: the first of the largest logits, as they were computed.</summary>
    public abstract int MostLikely(int slot);

    /// <summary>Makes a slot a copy of another, with its logits: one prompt for several answers, or a beam that forks.</summary>
    public abstract void Copy(int from, int to);

    /// <summary>Forgets a slot's tokens from a place on; 0 empties it. Its logits are undefined until it takes tokens again.</summary>
    public abstract void Truncate(int slot, int length);

    /// <summary>Frees the session's memory.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the session's memory.</summary>
    protected abstract void Dispose(bool disposing);
}
