namespace VlmMlNet.Generation.Sampling;

/// <summary>Several texts that are looked for in one that comes character by character (Knuth, Morris, Pratt 1977).</summary>
internal sealed class StopSequences
{
    private readonly string[] _texts;
    private readonly int[][] _fallback; // [text][matched]: the longest shorter beginning that is matched as well

    /// <param name="texts">None of them empty.</param>
    public StopSequences(IReadOnlyList<string> texts)
    {
        _texts = [.. texts];
        _fallback = Array.ConvertAll(_texts, Fallback);
    }

    /// <summary>How many texts.</summary>
    public int Count => _texts.Length;

    /// <summary>Takes the next character.</summary>
    /// <param name="next">The character.</param>
    /// <param name="matched">[Count], how much of each text is matched by what came; all 0 at the start.</param>
    /// <returns>The length of the longest text that is complete now, 0 where none is.</returns>
    public int Append(char next, Span<int> matched)
    {
        int complete = 0;
        for (int i = 0; i < _texts.Length; i++)
        {
            int length = matched[i];
            while (length > 0 && _texts[i][length] != next)
                length = _fallback[i][length];
            matched[i] = length += _texts[i][length] == next ? 1 : 0;
            if (length == _texts[i].Length)
                complete = Math.Max(complete, length);
        }
        return complete;
    }

    private static int[] Fallback(string text)
    {
        var fallback = new int[text.Length + 1];
        for (int i = 1, length = 0; i < text.Length; i++)
        {
            while (length > 0 && text[i] != text[length])
                length = fallback[length];
            fallback[i + 1] = length += text[i] == text[length] ? 1 : 0;
        }
        return fallback;
    }
}
