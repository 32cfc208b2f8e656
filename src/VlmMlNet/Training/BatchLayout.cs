namespace VlmMlNet.Training;

/// <summary>How the examples of a batch become rows of equal length. What is learned is the same with each, but for the order of the data
/// under <see cref="Grouped"/> and the last bits of sums.</summary>
public enum BatchLayout
{
    /// <summary>Several examples behind one another in a row where that saves padding. None sees another, and the positions of each begin
    /// at 0. A batch is the same examples as otherwise, so that learning rates and numbers of steps stay what they are.</summary>
    Packed,

    /// <summary>A row for each example, and batches of examples of similar length: of each 50 batches that follow each other (at most 16,384
    /// examples or 256 MiB of pictures) the examples are sorted by length, and the batches shuffled.</summary>
    Grouped,

    /// <summary>A row for each example, as long as the batch's longest.</summary>
    Padded,
}
