namespace VlmMlNet.Text;

/// <summary>A conversation as ids, with what of it is to be learned.</summary>
/// <param name="TokenIds">[T]; <see cref="ImageToken.Id"/> at each position of a picture.</param>
/// <param name="Labels">[T], aligned with <paramref name="TokenIds"/> and not shifted: the token's id where it is scored,
/// <see cref="Unscored"/> elsewhere.</param>
/// <param name="ImageCount">The number of pictures, each a block of equally many positions.</param>
public sealed record EncodedConversation(int[] TokenIds, int[] Labels, int ImageCount)
{
    /// <summary>The label of a position that is not scored, as in PyTorch's cross entropy.</summary>
    public const int Unscored = -100;

    /// <summary>Cuts text off the end. Pictures are never cut: the pictures that belong to a row would no longer fit it.</summary>
    /// <param name="maxLength">The most positions to keep, at least 1.</param>
    /// <returns>This conversation where it is short enough, else a shorter one. It may hold no scored position any more where
    /// the answer was cut away whole.</returns>
    /// <exception cref="MalformedInputException">A picture lies beyond the length.</exception>
    public EncodedConversation Truncate(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength);
        if (TokenIds.Length <= maxLength)
            return this;
        int needed = Array.LastIndexOf(TokenIds, ImageToken.Id) + 1;
        if (needed > maxLength)
        {
            throw new MalformedInputException("conversation", $"its pictures ({ImageCount}) end at position {needed}, beyond the maximum length of {maxLength}, and a picture cannot be cut",
                $"Raise the maximum length to at least {needed}, or leave the conversation out.");
        }
        return this with { TokenIds = TokenIds[..maxLength], Labels = Labels[..maxLength] };
    }
}
