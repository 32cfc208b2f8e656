using VlmMlNet.Evaluation.Answers;
using System.Text;
using VlmMlNet.Evaluation.PennTreebank;

namespace VlmMlNet.Evaluation.Captions;

/// <summary>Cuts captions into the lower-case tokens that the COCO caption metrics count: the rules of Stanford's
/// PTBTokenizer 3.4.1 with <c>-preserveLines -lowerCase</c>, without the punctuation that pycocoevalcap leaves out
/// (full stop, comma, quotation marks, ...).</summary>
/// <remarks>
/// <para><i>"A man's dog isn't wet."</i> becomes <i>a man 's dog is n't wet</i>.</para>
/// <para>Captions given together are read as the lines of one text, as pycocoevalcap does. This matters in one place: a
/// single letter with a full stop at a caption's end keeps the full stop unless the next caption begins with a word such as
/// <i>The</i>. (And a smiley that ends the last caption of all is not seen as one.) Unlike there, a line break inside a caption is white space whatever its character, and a quotation that a
/// tag leaves open ends with its caption, so that captions never run into each other.</para>
/// </remarks>
public static class PtbTokenizer
{
    /// <summary>Tokenizes one caption, as a line among others.</summary>
    /// <param name="caption">Any text.</param>
    /// <returns>The tokens with single spaces between them; empty where there are none. A token can hold a non-breaking
    /// space, as the fraction <i>1 1/2</i> does.</returns>
    public static string Tokenize(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return Tokenize([caption, ""])[0];
    }

    /// <summary>Tokenizes captions as the lines of one text.</summary>
    /// <param name="captions">Any texts; null counts as empty.</param>
    /// <returns>For each caption its tokens with single spaces between them.</returns>
    public static IReadOnlyList<string> Tokenize(IReadOnlyList<string?> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var lines = new string[captions.Count];
        var line = new StringBuilder();
        var reader = new CaptionReader(captions);
        for (int i = 0; i < lines.Length; i++)
        {
            line.Clear();
            bool endsInToken = false;
            while (reader.ReadToken())
            {
                endsInToken = !CaptionReader.IsPunctuation(reader.Token);
                if (!endsInToken)
                    continue;
                if (line.Length > 0)
                    line.Append(' ');
                line.Append(reader.Token);
            }
            // pycocoevalcap strips lines before it takes punctuation out of them.
            lines[i] = endsInToken ? PythonText.StripEnd(line.ToString()) : line.ToString();
        }
        return lines;
    }

    /// <summary>The tokenizer's lines before punctuation is left out.</summary>
    internal static IReadOnlyList<string> TokenizeWithPunctuation(IReadOnlyList<string?> captions)
    {
        var reader = new CaptionReader(captions);
        return captions.Select(_ =>
        {
            var tokens = new List<string>();
            while (reader.ReadToken())
                tokens.Add(reader.Token.ToString());
            return string.Join(' ', tokens);
        }).ToArray();
    }
}
