using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>Sequences decoded through libtorch, one after another within a step: for weights that lie on a GPU, and to check
/// others against.</summary>
internal sealed class TorchSession : DecodingSession
{
    private readonly LanguageModelPart _language;
    private readonly MultimodalDecoder _decoder;
    private readonly KeyValueCache?[] _caches;
    private readonly float[]?[] _logits;
    private readonly int[] _mostLikely;

    /// <param name="language">The model; not held. Passes take turns with those of others.</param>
    /// <param name="slots">Sequences side by side.</param>
    /// <param name="capacity">Most tokens of a sequence.</param>
    public TorchSession(LanguageModelPart language, int slots, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (_language, _decoder, Capacity) = (language, new MultimodalDecoder(language.Module), capacity);
        (_caches, _logits, _mostLikely) = (new KeyValueCache?[slots], new float[]?[slots], new int[slots]);
    }

    private Qwen2ForCausalLM Module => _decoder.Language;

    public override int Slots => _caches.Length;

    public override int Capacity { get; }

    public override int VocabSize => Module.Config.VocabSize;

    public override int Length(int slot) => _caches[slot]?.Length ?? 0;

    public override void Append(int slot, ReadOnlySpan<int> tokenIds, Tensor? visualTokens = null, AttentionMaskKind kind = AttentionMaskKind.Hybrid)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        int patches = visualTokens is null ? 0 : (int)visualTokens.shape[1], count = tokenIds.Length;
        var conversation = new EncodedConversation(tokenIds.ToArray(), Enumerable.Repeat(EncodedConversation.Unscored, count).ToArray(), visualTokens is null ? 0 : (int)visualTokens.shape[0]);
        var batch = TokenBatch.Collate([conversation], PaddingSide.Left, 0, patches);
        var embedded = _language.Run(() => _decoder.Embed(batch, visualTokens?.to(Module.OutputWeight.device)));
        var cache = Begin(slot);
        using var own = AttentionMask.Create(kind, 1, count, batch.Valid, batch.ImageBlock, embedded.device);
        var mask = cache.Length == 0 ? own : cat([ones([1, 1, count, cache.Length], ScalarType.Bool, embedded.device), own], 3);
        Run(slot, embedded, mask);
    }

    public override void Step(ReadOnlySpan<int> slots, ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            Filled(slots[i]);
            long token = tokens[i];
            Run(slots[i], _language.Run(() => Module.Embed(tensor([token], [1, 1], device: Module.OutputWeight.device))), null);
        }
    }

    public override Span<float> Logits(int slot)
    {
        Filled(slot);
        return _logits[slot];
    }

    public override int MostLikely(int slot)
    {
        Filled(slot);
        return _mostLikely[slot];
    }

    public override void Copy(int from, int to)
    {
        var source = Filled(from);
        if (from == to)
            return;
        using var unrecorded = no_grad();
        Begin(to).CopyFrom(source);
        (_logits[to], _mostLikely[to]) = ([.. _logits[from]!], _mostLikely[from]);
    }

    public override void Truncate(int slot, int length) => Begin(slot).Truncate(length);

    protected override void Dispose(bool disposing)
    {
        foreach (var cache in _caches)
            cache?.Dispose();
    }

    private void Run(int slot, Tensor embedded, Tensor? mask)
    {
        var cache = _caches[slot]!;
        long count = embedded.shape[1];
        if (cache.Length + count > Capacity)
            throw new ArgumentException($"Slot {slot} holds {Capacity} tokens; {cache.Length + count} are needed.");
        var positions = arange(cache.Length, cache.Length + count, ScalarType.Int64, embedded.device).unsqueeze(0);
        var logits = _language.Run(() => Module.Logits(Module.Hidden(embedded, positions, mask, cache).select(1, count - 1))).to(ScalarType.Float32).flatten();
        _logits[slot] = logits.cpu().data<float>().ToArray();
        _mostLikely[slot] = (int)logits.argmax(-1).cpu().item<long>();
    }

    private KeyValueCache Begin(int slot) => _caches[slot] ??=
        new KeyValueCache(Module.Config, 1, Capacity, Module.OutputWeight.dtype, Module.OutputWeight.device);

    private KeyValueCache Filled(int slot) =>
        Length(slot) > 0 ? _caches[slot]! : throw new InvalidOperationException($"Slot {slot} is empty: it predicts nothing.");
}
