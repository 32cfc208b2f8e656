using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Language;

/// <summary>Sequences that a <see cref="PackedDecoder"/> decodes side by side.</summary>
internal sealed class PackedSession : DecodingSession
{
    private const int TokensPerPass = 512; // of a long prompt, unless a picture is longer
    private readonly PackedDecoder _decoder;
    private readonly SlotMemory?[] _memory;
    private readonly LogitsBuffer?[] _logits;
    private readonly EmbeddingWriter _embedTokens;
    private ForwardRow[] _rows;
    private int[] _tokens;
    private readonly int _threads;
    private bool _isDisposed;

    public PackedSession(PackedDecoder decoder, int slots, int capacity, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        (_decoder, Capacity, _threads) = (decoder, capacity, threads);
        (_memory, _logits) = (new SlotMemory?[slots], new LogitsBuffer?[slots]);
        (_rows, _tokens) = (new ForwardRow[slots], new int[slots]);
        _embedTokens = (table, row, target) => table.ReadRow(_tokens[row], target);
    }

    public override int Slots => _memory.Length;

    public override int Capacity { get; }

    public override int VocabSize => _decoder.Config.VocabSize;

    public override int Length(int slot) => _memory[slot]?.Length ?? 0;

    public override void Append(int slot, ReadOnlySpan<int> tokenIds, Tensor? visualTokens = null, AttentionMaskKind kind = AttentionMaskKind.Hybrid)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var prompt = SessionPrompt.Create(tokenIds, visualTokens, kind, _decoder.Config);
        var memory = Begin(slot);
        CheckRoom(slot, memory, tokenIds.Length);
        for (int first = 0; first < tokenIds.Length;)
        {
            int end = prompt.EndOfPass(first, TokensPerPass), count = end - first, begin = first;
            if (_rows.Length < count)
                _rows = new ForwardRow[count];
            for (int i = 0; i < count; i++)
                _rows[i] = new ForwardRow(memory, memory.Length + i, memory.Length - first + prompt.Seen(first + i), end == tokenIds.Length && i == count - 1 ? _logits[slot] : null);
            _decoder.Run(_rows, count, Capacity, _threads, (table, row, target) => prompt.Embed(table, begin + row, target));
            memory.Length += count;
            first = end;
        }
    }

    public override void Step(ReadOnlySpan<int> slots, ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (slots.Length != tokens.Length)
            throw new ArgumentException($"{tokens.Length} tokens for {slots.Length} slots.", nameof(tokens));
        if (slots.IsEmpty)
            return;
        for (int i = 0; i < slots.Length; i++)
        {
            var memory = _memory[slots[i]];
            if (memory is null || memory.Length == 0)
                throw new ArgumentException($"Slot {slots[i]} is empty: a sequence begins with a prompt.", nameof(slots));
            if (slots[..i].Contains(slots[i]))
                throw new ArgumentException($"Slot {slots[i]} is named twice.", nameof(slots));
            CheckRoom(slots[i], memory, 1);
            _tokens[i] = SessionPrompt.CheckId(tokens[i], _decoder.Config);
            _rows[i] = new ForwardRow(memory, memory.Length, memory.Length + 1, _logits[slots[i]]);
        }
        _decoder.Run(_rows, slots.Length, Capacity, _threads, _embedTokens);
        foreach (int slot in slots)
            _memory[slot]!.Length++;
    }

    public override unsafe Span<float> Logits(int slot)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(Filled(slot).Data, VocabSize);
    }

    public override int MostLikely(int slot) => Filled(slot).MostLikely;

    public override void Copy(int from, int to)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var logits = Filled(from);
        if (from == to)
            return;
        Begin(to).CopyFrom(_memory[from]!, _decoder.Config.NumHiddenLayers);
        _logits[to]!.CopyFrom(logits);
    }

    public override void Truncate(int slot, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length(slot));
        if (_memory[slot] is { } memory)
            memory.Length = length;
    }

    protected override void Dispose(bool disposing)
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        for (int slot = 0; slot < Slots; slot++)
        {
            _memory[slot]?.Dispose();
            _logits[slot]?.Dispose();
        }
    }

    private SlotMemory Begin(int slot)
    {
        _logits[slot] ??= new LogitsBuffer(VocabSize);
        return _memory[slot] ??= new SlotMemory(_decoder.Config, Capacity, _decoder.Precision == WeightPrecision.Float32 ? WeightFormat.Float32 : WeightFormat.BFloat16);
    }

    private LogitsBuffer Filled(int slot) =>
        Length(slot) > 0 ? _logits[slot]! : throw new InvalidOperationException($"Slot {slot} is empty: it predicts nothing.");

    private void CheckRoom(int slot, SlotMemory memory, int count)
    {
        if (memory.Length + count > Capacity)
            throw new ArgumentException($"Slot {slot} holds {Capacity} tokens; {memory.Length + count} are needed.");
    }
}
