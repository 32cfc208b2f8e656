using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

internal static class TestBatch
{
    /// <summary>A batch from tensors [B, T] of ids and attention; labels are -100 unless given.</summary>
    public static TokenBatch Of(Tensor ids, Tensor attended, Tensor? labels = null, int imageTokenCount = 0)
    {
        int length = (int)ids.shape[1];
        long[] allIds = ids.data<long>().ToArray(), kept = attended.data<long>().ToArray();
        long[] allLabels = labels?.data<long>().ToArray() ?? Enumerable.Repeat(-100L, kept.Length).ToArray();
        var rows = Enumerable.Range(0, (int)ids.shape[0]).Select(row =>
        {
            var places = Enumerable.Range(row * length, length).Where(i => kept[i] != 0).ToList();
            var rowIds = places.Select(i => (int)allIds[i]).ToArray();
            int images = imageTokenCount == 0 ? 0 : rowIds.Count(i => i == ImageToken.Id) / imageTokenCount;
            return new EncodedConversation(rowIds, places.Select(i => (int)allLabels[i]).ToArray(), images);
        }).ToList();
        var side = kept.Take(length).First() == 0 || kept.Where((_, i) => i % length == 0).Contains(0) ? PaddingSide.Left : PaddingSide.Right;
        return TokenBatch.Collate(rows, side, 0, imageTokenCount);
    }

    /// <summary>Rows of unequal length, padded on the left.</summary>
    public static TokenBatch LeftPadded(IReadOnlyList<long[]> rows) => TokenBatch.Collate(
        rows.Select(r => new EncodedConversation(Array.ConvertAll(r, i => (int)i), Enumerable.Repeat(-100, r.Length).ToArray(), 0)).ToList(), PaddingSide.Left, 0, 0);
}
