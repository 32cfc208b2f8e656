namespace VlmMlNet.Components.Preview;

/// <summary>A token, or the tokens of a picture.</summary>
/// <param name="Id">The tokenizer's id; that of <see cref="VlmMlNet.Text.ImageToken"/> for a picture.</param>
/// <param name="Text">What it says: the characters that it completes, none where it is the beginning of one.</param>
/// <param name="Count">Positions: 1, or as many as a picture takes.</param>
/// <param name="Picture">The number of the picture, from 1 on; 0 for text.</param>
/// <param name="IsScored">Whether the model learns to say it.</param>
/// <param name="IsHidden">Whether the model is not shown it.</param>
public sealed record PreviewToken(int Id, string Text, int Count, int Picture, bool IsScored, bool IsHidden);
