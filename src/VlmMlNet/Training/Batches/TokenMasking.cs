using VlmMlNet.Text;

namespace VlmMlNet.Training.Batches;

/// <summary>Hides a share of an answer's tokens (stage 0).</summary>
/// <remarks>
/// Under the bidirectional mask every position sees every other, so a token whose embedding is in the input needs no
/// prediction: the position before it would copy it. Hence the hidden tokens are replaced in the input, and they alone are
/// scored; each is still predicted at the position before it, because that is where the frozen language model's output
/// layer expects the next token. At least one token is hidden, else the example would teach nothing.
/// </remarks>
internal static class TokenMasking
{
    /// <summary>A copy with hidden tokens.</summary>
    /// <param name="example">A conversation with scored answers.</param>
    /// <param name="share">Share of the scored tokens to hide, stop tokens excepted.</param>
    /// <param name="maskId">The id that takes the hidden tokens' place.</param>
    /// <param name="stopId">The id that ends an answer; it is structure, not caption, and is never hidden.</param>
    /// <param name="random">Decides which.</param>
    public static EncodedConversation Apply(EncodedConversation example, double share, int maskId, int stopId, Random random)
    {
        var candidates = new List<int>();
        for (int i = 0; i < example.Labels.Length; i++)
            if (example.Labels[i] >= 0 && example.Labels[i] != stopId)
                candidates.Add(i);
        if (candidates.Count == 0)
            return example with { Labels = Enumerable.Repeat(-100, example.Labels.Length).ToArray() };

        int count = Math.Max(1, (int)Math.Round(share * candidates.Count, MidpointRounding.AwayFromZero));
        var ids = (int[])example.TokenIds.Clone();
        var labels = new int[ids.Length];
        Array.Fill(labels, -100);
        for (int k = 0; k < count; k++)
        {
            int pick = random.Next(k, candidates.Count); // a partial Fisher-Yates shuffle
            (candidates[k], candidates[pick]) = (candidates[pick], candidates[k]);
            int position = candidates[k];
            labels[position] = ids[position];
            ids[position] = maskId;
        }
        return example with { TokenIds = ids, Labels = labels };
    }
}
