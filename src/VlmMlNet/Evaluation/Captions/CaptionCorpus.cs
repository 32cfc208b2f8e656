using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.PennTreebank;

namespace VlmMlNet.Evaluation.Captions;

/// <summary>Captions and their images' references, tokenized and counted once for all metrics.</summary>
internal sealed class CaptionCorpus
{
    private readonly string[][] _references;

    private CaptionCorpus(NGramTable table, NGramCounts[] captions, NGramCounts[][] references, string[][] texts)
    {
        (Table, Captions, References, _references) = (table, captions, references, texts);
    }

    /// <summary>The numbers of words and n-grams.</summary>
    public NGramTable Table { get; }

    /// <summary>One caption for each image.</summary>
    public NGramCounts[] Captions { get; }

    /// <summary>At least one reference for each image.</summary>
    public NGramCounts[][] References { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Captions.Length;

    /// <summary>A reference as it was given.</summary>
    public string ReferenceText(int image, int reference) => _references[image][reference];

    /// <summary>Tokenizes and counts. Captions are read as one text and references as another, in their order, because the
    /// tokenizer looks beyond a line's end.</summary>
    /// <exception cref="MalformedInputException">There are no images, or one has no reference.</exception>
    public static CaptionCorpus Build(IReadOnlyList<string?> captions, IReadOnlyList<IReadOnlyList<string?>> references)
    {
        if (captions.Count != references.Count)
            throw new ArgumentException($"There are {captions.Count} captions for {references.Count} lists of references.", nameof(references));
        if (captions.Count == 0)
            throw new MalformedInputException("evaluated captions", "there are no rows", "Check the filter or the split that the data came from.");

        var texts = new string[references.Count][];
        var all = new List<string>();
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = references[i].Select(text => text ?? "").ToArray();
            if (texts[i].Length == 0)
                throw new MalformedInputException("evaluated captions", "the image has no reference caption", "Every row needs at least one.", i);
            all.AddRange(texts[i]);
        }

        var table = new NGramTable(all.Sum(text => (long)text.Length) + captions.Sum(text => (long)(text?.Length ?? 0)));
        NGramCounts[] counted = CountEach(table, all);
        var grouped = new NGramCounts[texts.Length][];
        for (int i = 0, next = 0; i < texts.Length; next += texts[i++].Length)
            grouped[i] = counted.AsSpan(next, texts[i].Length).ToArray();
        return new CaptionCorpus(table, CountEach(table, captions), grouped, texts);
    }

    private static NGramCounts[] CountEach(NGramTable table, IReadOnlyList<string?> captions)
    {
        var reader = new CaptionReader(captions);
        var counts = new NGramCounts[captions.Count];
        var tokens = new List<int>();
        var words = new List<int>();
        for (int i = 0; i < counts.Length; i++)
        {
            tokens.Clear();
            words.Clear();
            string? spaced = null;      // the last token, where it holds white space and no punctuation follows
            while (reader.ReadToken())
            {
                ReadOnlySpan<char> token = reader.Token;
                spaced = null;
                if (CaptionReader.IsPunctuation(token))
                    continue;
                spaced = PythonText.HasWhiteSpace(token) ? token.ToString() : null;
                tokens.Add(table.Word(token));
                if (spaced is null)
                    words.Add(tokens[^1]);
                else
                    words.AddRange(PythonText.Split(spaced).Select(word => table.Word(word)));
            }
            if (spaced is not null)
                tokens[^1] = table.Word(PythonText.StripEnd(spaced));
            if (tokens.Count == 0)
                tokens.Add(table.Word(""));
            counts[i] = table.CountNGrams(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(words), tokens.ToArray());
        }
        return counts;
    }
}
