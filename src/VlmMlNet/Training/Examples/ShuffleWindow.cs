namespace VlmMlNet.Training.Examples;

/// <summary>What a shuffle holds at a time: it ends at either bound, or at the end of the data.</summary>
/// <param name="Examples">So many examples, or somewhat more where a row has several.</param>
/// <param name="Bytes">So many bytes of pictures, or one row more.</param>
internal sealed record ShuffleWindow(int Examples, long Bytes)
{
    /// <summary>16,384 examples or 256 MiB of pictures.</summary>
    public static ShuffleWindow Default { get; } = new(16384, 256L << 20);
}
