namespace VlmMlNet.Data;

/// <summary>A row of LLaVA data: a conversation about at most one picture.</summary>
/// <param name="Id">The row's id, or the empty string.</param>
/// <param name="Image">The picture's path, or the empty string for text alone.</param>
/// <param name="Turns">[human, gpt, human, gpt, ...].</param>
internal sealed record LlavaRow(string Id, string Image, IReadOnlyList<string> Turns);
