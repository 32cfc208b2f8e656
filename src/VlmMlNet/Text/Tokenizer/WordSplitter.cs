using Microsoft.ML.Tokenizers;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Splits text into the words inside which BPE merges, by a sequence of steps.</summary>
internal sealed class WordSplitter(IReadOnlyList<SplitStep> steps) : PreTokenizer
{
    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text);

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text);

    /// <summary>The offsets and lengths of the words of well-formed UTF-16 text.</summary>
    public List<(int Offset, int Length)> Split(ReadOnlySpan<char> text)
    {
        var words = new List<(int Offset, int Length)>((text.Length / 4) + 4);
        if (text.IsEmpty)
            return words;
        words.Add((0, text.Length));
        foreach (SplitStep step in steps)
        {
            var finer = new List<(int Offset, int Length)>(words.Capacity);
            foreach ((int offset, int length) in words)
                step.Split(text.Slice(offset, length), offset, finer);
            words = finer;
        }
        return words;
    }
}
