using VlmMlNet.Models;
using VlmMlNet.Text;

namespace VlmMlNet.Generation.Answers;

/// <summary>A slot that holds prompts for others to copy. Of a prompt that begins like the one before, with the same picture, only
/// the rest is computed.</summary>
internal sealed class PromptSlot(DecodingSession session, int slot)
{
    private int[] _held = [];
    private object? _picture;

    /// <summary>The slot.</summary>
    public int Slot { get; } = slot;

    /// <summary>Tokens that were computed so far; for tests.</summary>
    public long ComputedTokens { get; private set; }

    /// <summary>Makes the slot hold a prompt, with its logits.</summary>
    public void Load(AnswerRequest request)
    {
        int[] ids = request.TokenIds;
        int kept = request.Picture is not null && ReferenceEquals(request.Picture, _picture) ? ids.AsSpan().CommonPrefixLength(_held) : 0;
        if (kept == ids.Length && kept == _held.Length)
            return;
        kept = Math.Min(kept, ids.Length - 1); // logits are those of the last token that is computed
        while (kept > 0 && ids[kept] == ImageToken.Id && ids[kept - 1] == ImageToken.Id)
            kept--; // a picture is computed whole
        (_held, _picture) = ([], null);
        session.Truncate(Slot, kept);
        var rest = ids.AsSpan(kept);
        session.Append(Slot, rest, rest.Contains(ImageToken.Id) ? request.VisualTokens : null);
        ComputedTokens += rest.Length;
        (_held, _picture) = (ids, request.Picture);
    }
}
