namespace VlmMlNet.Text.Tokenizer;

/// <summary>A token that is searched for in the text before it is split into words, with Hugging Face's flags.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Content">The text that it stands for.</param>
/// <param name="IsSpecial">Decoding can leave it out, and encoding can take its text literally.</param>
/// <param name="IsNormalized">It is searched for in the normalised text, not in the text as given.</param>
/// <param name="StripsLeft">It swallows the white space before it.</param>
/// <param name="StripsRight">It swallows the white space behind it.</param>
/// <param name="IsSingleWord">It counts only where no word character touches it.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool IsSpecial,
    bool IsNormalized = false,
    bool StripsLeft = false,
    bool StripsRight = false,
    bool IsSingleWord = false);
