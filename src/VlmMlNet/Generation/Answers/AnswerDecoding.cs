using VlmMlNet.Models;

namespace VlmMlNet.Generation.Answers;

/// <summary>Work on answers in slots of their own: choose tokens by the logits, then the session takes a step with them.</summary>
internal abstract class AnswerDecoding
{
    /// <summary>Slots that were given to the work; the first holds the prompt when it begins.</summary>
    public abstract ReadOnlySpan<int> Slots { get; }

    /// <summary>The answers, when the work is done.</summary>
    public IReadOnlyList<GeneratedAnswer>? Answers { get; protected set; }

    /// <summary>Chooses the next tokens.</summary>
    /// <returns>Whether a step is needed; otherwise <see cref="Answers"/> are complete.</returns>
    public abstract bool Choose(DecodingSession session);

    /// <summary>Writes the slots that step, and their tokens.</summary>
    /// <returns>How many.</returns>
    public abstract int Pending(Span<int> slots, Span<int> tokens);
}
