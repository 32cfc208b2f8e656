using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Generation;

/// <summary>Greedy decoding of a padded batch: the prompt once under the hybrid mask, then token by token with a cache.</summary>
internal static class GreedyDecoder
{
    /// <summary>Generates one answer per row.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="prompts">Prompts, padded on the left, so that all rows end at the same place.</param>
    /// <param name="visualTokens">[pictures, patches, width] in the order of rows; null without pictures.</param>
    /// <param name="stopIds">Ids that end an answer; they are not part of it.</param>
    /// <param name="maxTokens">Most tokens of an answer.</param>
    /// <param name="kind">Mask of the prompt: hybrid or causal.</param>
    /// <param name="onLogits">Called with the logits [B, VocabSize] of every step before they are used.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>Token ids per row.</returns>
    public static int[][] Generate(MultimodalDecoder decoder, TokenBatch prompts, Tensor? visualTokens, IReadOnlyCollection<int> stopIds, int maxTokens,
        AttentionMaskKind kind = AttentionMaskKind.Hybrid, Action<Tensor>? onLogits = null, CancellationToken cancellationToken = default)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var language = decoder.Language;
        var device = language.OutputWeight.device;
        int batch = prompts.Batch, length = prompts.Length;
        using var cache = new KeyValueCache(language.Config, batch, length + maxTokens, language.OutputWeight.dtype, device);

        var answers = Enumerable.Range(0, batch).Select(_ => new List<int>()).ToArray();
        var done = new bool[batch];
        var positions = PromptLengths(prompts);
        var keysSeen = KeysSeen(prompts, maxTokens, device);
        var hidden = decoder.Hidden(prompts, visualTokens, kind, cache).select(1, length - 1); // [B, D]
        var tokens = new long[batch];
        for (int step = 0; ; step++)
        {
            using var stepScope = NewDisposeScope();
            var logits = language.Logits(hidden); // [B, V]
            onLogits?.Invoke(logits);
            logits.argmax(-1).cpu().data<long>().CopyTo(tokens, 0, 0);
            for (int row = 0; row < batch; row++)
            {
                done[row] |= stopIds.Contains((int)tokens[row]);
                if (!done[row])
                    answers[row].Add((int)tokens[row]);
            }
            if (step + 1 == maxTokens || Array.TrueForAll(done, d => d))
                return Array.ConvertAll(answers, a => a.ToArray());

            cancellationToken.ThrowIfCancellationRequested();
            var embedded = language.Embed(tensor(tokens, [batch, 1], device: device));
            var mask = keysSeen?.narrow(3, 0, length + step + 1);
            var next = language.Hidden(embedded, tensor(positions, [batch, 1], device: device), mask, cache).select(1, 0);
            for (int row = 0; row < batch; row++)
                positions[row]++;
            hidden.Dispose();
            hidden = next.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Continues every slot of a session by the most likely tokens.</summary>
    /// <param name="session">Each slot holds a prompt.</param>
    /// <param name="stopIds">Ids that end an answer; they are not part of it.</param>
    /// <param name="maxTokens">Most tokens of an answer.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>Token ids per slot.</returns>
    public static int[][] Generate(DecodingSession session, IReadOnlyCollection<int> stopIds, int maxTokens, CancellationToken cancellationToken = default)
    {
        var answers = Enumerable.Range(0, session.Slots).Select(_ => new List<int>()).ToArray();
        int[] active = [.. Enumerable.Range(0, session.Slots)], tokens = new int[active.Length];
        for (int count = active.Length; ;)
        {
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                int slot = active[i], token = session.MostLikely(slot);
                if (stopIds.Contains(token))
                    continue;
                answers[slot].Add(token);
                if (answers[slot].Count < maxTokens)
                    (active[kept], tokens[kept++]) = (slot, token);
            }
            if (kept == 0)
                return Array.ConvertAll(answers, a => a.ToArray());
            cancellationToken.ThrowIfCancellationRequested();
            session.Step(active.AsSpan(0, kept), tokens.AsSpan(0, kept));
            count = kept;
        }
    }

    private static long[] PromptLengths(TokenBatch prompts)
    {
        var lengths = new long[prompts.Batch];
        for (int i = 0; i < prompts.Valid.Length; i++)
            lengths[i / prompts.Length] += prompts.Valid[i] ? 1 : 0;
        return lengths;
    }

    // Every later token sees all but the padding: [B, 1, 1, prompt + answer], or null when there is no padding.
    private static Tensor? KeysSeen(TokenBatch prompts, int maxTokens, Device device)
    {
        if (!prompts.Valid.Contains(false))
            return null;
        int width = prompts.Length + maxTokens;
        var seen = new bool[prompts.Batch * width];
        Array.Fill(seen, true);
        for (int row = 0; row < prompts.Batch; row++)
            prompts.Valid.AsSpan(row * prompts.Length, prompts.Length).CopyTo(seen.AsSpan(row * width));
        return tensor(seen, [prompts.Batch, 1, 1, width], device: device);
    }
}
