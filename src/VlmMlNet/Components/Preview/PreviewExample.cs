using VlmMlNet.Imaging;

namespace VlmMlNet.Components.Preview;

/// <summary>One example as a model learns from it.</summary>
/// <param name="Name">The row, and the example of several of a row.</param>
/// <param name="Text">The conversation with the chat template around it, a placeholder for each picture.</param>
/// <param name="Tokens">The sequence.</param>
/// <param name="Pictures">The pictures, in the order of their places.</param>
/// <param name="Mask">Which token (from top to bottom) sees which (from left to right); null where the example cannot be shown.
/// Blue: what lies in a picture, seen from it; light blue: a picture, seen by text; dark: text; white: not seen. The bars on
/// top and on the left say what the tokens are: blue for pictures, grey for text, green for what is scored, orange for what
/// is hidden and scored.</param>
/// <param name="Problem">Why training would fail on the example or leave it out; null where it would not.</param>
/// <param name="CutOff">Tokens that the stage's longest sequence cuts off its end.</param>
/// <param name="MoreOfRow">How many examples of the same row are not shown.</param>
public sealed record PreviewExample(
    string Name,
    string Text,
    IReadOnlyList<PreviewToken> Tokens,
    IReadOnlyList<PreviewPicture> Pictures,
    RgbImage? Mask,
    string? Problem,
    int CutOff,
    int MoreOfRow)
{
    /// <summary>Positions of the sequence, those of pictures included.</summary>
    public int Length => Tokens.Sum(token => token.Count);

    /// <summary>Tokens that are scored.</summary>
    public int Scored => Tokens.Count(token => token.IsScored);
}
