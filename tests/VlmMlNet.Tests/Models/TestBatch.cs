using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

internal static class TestBatch
{
    /// <summary>A batch of text from tensors [B, T]; labels are -100 unless given.</summary>
    public static TokenBatch Of(Tensor ids, Tensor attended, Tensor? labels = null, int[]? imageBlock = null)
    {
        int batch = (int)ids.shape[0], length = (int)ids.shape[1];
        return new TokenBatch
        {
            Batch = batch,
            Length = length,
            TokenIds = ids.data<long>().ToArray(),
            Labels = labels?.data<long>().ToArray() ?? Enumerable.Repeat(-100L, batch * length).ToArray(),
            Valid = attended.data<long>().ToArray().Select(v => v != 0).ToArray(),
            ImageBlock = imageBlock ?? new int[batch * length],
        };
    }

    /// <summary>Rows of unequal length, padded on the left with id 0.</summary>
    public static TokenBatch LeftPadded(IReadOnlyList<long[]> rows)
    {
        int length = rows.Max(r => r.Length);
        var padded = rows.Select(r => new long[length - r.Length].Concat(r).ToArray()).ToArray();
        var valid = rows.Select(r => Enumerable.Repeat(false, length - r.Length).Concat(Enumerable.Repeat(true, r.Length))).SelectMany(v => v).ToArray();
        return new TokenBatch
        {
            Batch = rows.Count,
            Length = length,
            TokenIds = padded.SelectMany(r => r).ToArray(),
            Labels = Enumerable.Repeat(-100L, rows.Count * length).ToArray(),
            Valid = valid,
            ImageBlock = new int[rows.Count * length],
        };
    }
}
