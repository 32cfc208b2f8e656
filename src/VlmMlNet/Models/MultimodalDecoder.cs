using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>A language model whose sequence may hold pictures, as visual tokens in the places that the text reserves for them.</summary>
/// <remarks>Not a module itself: models of successive stages share their frozen parts.</remarks>
public class MultimodalDecoder
{
    /// <summary>Wraps a language model.</summary>
    /// <param name="language">The language model; not owned.</param>
    public MultimodalDecoder(Qwen2ForCausalLM language)
    {
        ArgumentNullException.ThrowIfNull(language);
        Language = language;
    }

    /// <summary>The language model.</summary>
    public Qwen2ForCausalLM Language { get; }

    /// <summary>Token embeddings, with the visual tokens in the places that the batch reserves for pictures.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="visualTokens">[pictures, patches, language width], in the order of rows and, within a row, of blocks; null without pictures.</param>
    /// <returns>[B, T, language width].</returns>
    public Tensor Embed(TokenBatch batch, Tensor? visualTokens)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var device = Language.OutputWeight.device;
        int reserved = batch.ImageBlock.Count(b => b != 0);
        long given = visualTokens is null ? 0 : visualTokens.shape[0] * visualTokens.shape[1];
        if (reserved != given)
            throw new ArgumentException($"The text reserves {reserved} places for image tokens, but {given} image tokens are given.", nameof(visualTokens));

        var ids = new long[batch.TokenIds.Length];
        var places = new long[reserved];
        for (int i = 0, next = 0; i < ids.Length; i++)
        {
            bool isImage = batch.ImageBlock[i] != 0;
            ids[i] = isImage ? 0 : batch.TokenIds[i]; // any row of the table: it is overwritten
            if (ids[i] < 0 || ids[i] >= Language.Config.VocabSize)
                throw new ArgumentException($"Token id {ids[i]} is outside the vocabulary of {Language.Config.VocabSize}; the tokenizer does not belong to this model.", nameof(batch));
            if (isImage)
                places[next++] = i;
        }

        using var scope = NewDisposeScope();
        var embedded = Language.Embed(tensor(ids, device: device)); // [B T, D]
        if (visualTokens is not null && reserved > 0)
            embedded = embedded.index_copy(0, tensor(places, device: device), visualTokens.flatten(0, 1).to(embedded.dtype));
        return embedded.view(batch.Batch, batch.Length, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the decoder over a padded batch.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="visualTokens">As <see cref="Embed"/> takes them.</param>
    /// <param name="kind">The attention mask.</param>
    /// <param name="cache">Receives keys and values for later steps; not with the bidirectional mask.</param>
    /// <returns>[B, T, language width] after the last norm.</returns>
    public Tensor Hidden(TokenBatch batch, Tensor? visualTokens, AttentionMaskKind kind, KeyValueCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (cache is not null && kind == AttentionMaskKind.Bidirectional)
            throw new ArgumentException("Under the bidirectional mask earlier tokens depend on later ones: nothing can be cached.", nameof(cache));
        var embedded = Embed(batch, visualTokens);
        using var scope = NewDisposeScope();
        var (mask, positions) = MaskAndPositions(batch, kind, embedded.device);
        return Language.Hidden(embedded, positions, mask, cache).MoveToOuterDisposeScope();
    }

    /// <summary>What the decoder's layers need beside the embeddings: the mask [B, 1, T, T], and positions [B, T].</summary>
    internal static (Tensor Mask, Tensor Positions) MaskAndPositions(TokenBatch batch, AttentionMaskKind kind, Device device) =>
        (AttentionMask.Create(kind, batch.Batch, batch.Length, batch.Valid, batch.ImageBlock, device, batch.HasSeveralExamples ? batch.SegmentIds : []),
            tensor(PositionIds(batch), [batch.Batch, batch.Length], device: device));

    /// <summary>Logits at every position: [B, T, VocabSize].</summary>
    /// <inheritdoc cref="Hidden"/>
    public Tensor Logits(TokenBatch batch, Tensor? visualTokens, AttentionMaskKind kind) => Language.Logits(Hidden(batch, visualTokens, kind));

    /// <summary>The sum of the negative log-likelihoods of the scored tokens, each predicted at the position before it.</summary>
    /// <param name="batch">The tokens; labels other than -100 are scored.</param>
    /// <param name="visualTokens">As <see cref="Embed"/> takes them.</param>
    /// <param name="kind">The attention mask.</param>
    /// <returns>The sum as a float32 scalar, and the number of scored tokens.</returns>
    public (Tensor Sum, int Count) NegativeLogLikelihood(TokenBatch batch, Tensor? visualTokens, AttentionMaskKind kind)
    {
        var (perToken, rows) = TokenLosses(batch, visualTokens, kind);
        return (perToken.sum(), rows.Length);
    }

    /// <summary>The negative log-likelihood of every scored token, and the row of the batch that each belongs to.</summary>
    internal (Tensor Losses, int[] Rows) TokenLosses(TokenBatch batch, Tensor? visualTokens, AttentionMaskKind kind)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (places, targets, rows) = Scored(batch);
        if (places.Length == 0)
            throw new ArgumentException("No token of the batch is scored.", nameof(batch));

        using var scope = NewDisposeScope();
        var hidden = Hidden(batch, visualTokens, kind).flatten(0, 1); // [B T, D]
        // The output layer is the widest of all: it is computed only where it is scored.
        var scored = Language.Logits(hidden.index_select(0, tensor(places, device: hidden.device))).to(ScalarType.Float32);
        var losses = nn.functional.cross_entropy(scored, tensor(targets, device: hidden.device), reduction: nn.Reduction.None);
        return (losses.MoveToOuterDisposeScope(), rows);
    }

    /// <summary>The scored tokens: the place in [B T] before each, its id, and its row.</summary>
    internal static (long[] Places, long[] Targets, int[] Rows) Scored(TokenBatch batch)
    {
        var places = new List<long>();
        var targets = new List<long>();
        var rows = new List<int>();
        for (int row = 0; row < batch.Batch; row++)
            for (int t = 1; t < batch.Length; t++)
            {
                int i = row * batch.Length + t;
                if (batch.Labels[i] < 0)
                    continue;
                places.Add(i - 1); // the token before predicts this one
                targets.Add(batch.Labels[i]);
                rows.Add(row);
            }
        return (places.ToArray(), targets.ToArray(), rows.ToArray());
    }

    /// <summary>0, 1, 2, ... over the tokens of each example; 0 at padding.</summary>
    internal static long[] PositionIds(TokenBatch batch)
    {
        var positions = new long[batch.Batch * batch.Length];
        for (int row = 0; row < batch.Batch; row++)
        {
            long next = 0;
            for (int t = 0; t < batch.Length; t++)
            {
                int i = row * batch.Length + t;
                if (t > 0 && batch.SegmentIds[i] != batch.SegmentIds[i - 1])
                    next = 0;
                positions[i] = batch.Valid[i] ? next++ : 0;
            }
        }
        return positions;
    }
}
