namespace VlmMlNet.Cpu.Language;

/// <summary>A token that a forward pass computes.</summary>
/// <param name="Slot">Where its keys and values go, and whose it sees.</param>
/// <param name="Position">Its place in the sequence.</param>
/// <param name="Seen">Tokens that it sees: all before this count.</param>
/// <param name="Logits">[VocabSize to whole tiles] that predict the next token; null where they are not needed.</param>
internal readonly record struct ForwardRow(SlotMemory Slot, int Position, int Seen, LogitsBuffer? Logits);
