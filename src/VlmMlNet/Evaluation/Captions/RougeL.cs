using System.Numerics;

namespace VlmMlNet.Evaluation.Captions;

/// <summary>ROUGE-L (Lin 2004) as pycocoevalcap computes it: of the longest common subsequence with each reference, the best
/// precision and the best recall, weighted with beta 1.2.</summary>
internal sealed class RougeL(CaptionCorpus corpus)
{
    private const double BetaSquared = 1.2 * 1.2;

    private readonly int[] _maskOf = new int[corpus.Table.WordCount];   // plus one; 0 for words not in the caption
    private ulong[] _masks = new ulong[64];
    private ulong[] _row = new ulong[1];

    /// <summary>Scores one image's caption.</summary>
    public double Score(int image)
    {
        int[] caption = corpus.Captions[image].Tokens;
        int blocks = (caption.Length + 63) / 64;
        int words = SetMasks(caption, blocks);

        double precision = 0, recall = 0;
        foreach (NGramCounts reference in corpus.References[image])
        {
            int common = LongestCommonSubsequence(reference.Tokens, blocks);
            precision = Math.Max(precision, (double)common / caption.Length);
            recall = Math.Max(recall, (double)common / reference.Tokens.Length);
        }

        _masks.AsSpan(0, words * blocks).Clear();
        foreach (int word in caption)
            _maskOf[word] = 0;
        return precision == 0 ? 0 : (1 + BetaSquared) * precision * recall / (recall + BetaSquared * precision);
    }

    // For each word of the caption, the bits of its positions.
    private int SetMasks(int[] caption, int blocks)
    {
        if (_row.Length < blocks)
            _row = new ulong[blocks];
        if (_masks.Length < caption.Length * blocks)
            _masks = new ulong[caption.Length * blocks];
        int words = 0;
        for (int i = 0; i < caption.Length; i++)
        {
            ref int mask = ref _maskOf[caption[i]];
            if (mask == 0)
                mask = ++words;
            _masks[(mask - 1) * blocks + i / 64] |= 1UL << (i % 64);
        }
        return words;
    }

    // Bit-parallel (Hyyro 2004): a zero bit of the row is a position of the caption at which the subsequence grew.
    private int LongestCommonSubsequence(int[] reference, int blocks)
    {
        Span<ulong> row = _row.AsSpan(0, blocks);
        row.Fill(ulong.MaxValue);
        foreach (int word in reference)
        {
            int mask = _maskOf[word];
            if (mask == 0)
                continue;
            ReadOnlySpan<ulong> positions = _masks.AsSpan((mask - 1) * blocks, blocks);
            ulong carry = 0;
            for (int i = 0; i < row.Length; i++)
            {
                ulong matched = row[i] & positions[i];
                UInt128 sum = (UInt128)row[i] + matched + carry;
                carry = (ulong)(sum >> 64);
                row[i] = (ulong)sum | (row[i] & ~positions[i]);
            }
        }
        int common = 0;
        foreach (ulong bits in row)
            common += BitOperations.PopCount(~bits);
        return common;
    }
}
