using System.Text;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Makes every attention mask of this library.</summary>
public static class AttentionMask
{
    /// <summary>
    /// Numbers the tokens of a row by the step at which they become visible; a query sees the keys whose step is not later
    /// than its own. A token that starts a step is visible only from itself on; tokens of one step see each other.
    /// </summary>
    /// <remarks>
    /// <code>
    /// tokens          i i i t t        i = image, t = text
    /// bidirectional   0 0 0 0 0        one step: all see all
    /// hybrid          1 1 1 2 3        a picture is one step, each text token one of its own
    /// causal          1 2 3 4 5
    ///
    /// hybrid, keys →  i i i t t
    ///              i  # # # . .
    ///              i  # # # . .
    ///              i  # # # . .
    ///              t  # # # # .
    ///              t  # # # # #
    /// </code>
    /// </remarks>
    /// <param name="kind">Bidirectional, hybrid or causal.</param>
    /// <param name="imageBlock">Per token of the row: 0 for text, k from 1 on for the k-th picture. Pictures side by side have different numbers.</param>
    /// <param name="steps">Receives the numbers; as long as <paramref name="imageBlock"/>.</param>
    public static void Steps(AttentionMaskKind kind, ReadOnlySpan<int> imageBlock, Span<long> steps)
    {
        long step = 0;
        for (int i = 0; i < imageBlock.Length; i++)
        {
            bool continuesPicture = imageBlock[i] != 0 && i > 0 && imageBlock[i] == imageBlock[i - 1];
            bool starts = kind switch
            {
                AttentionMaskKind.Bidirectional => false,
                AttentionMaskKind.Hybrid => !continuesPicture,
                AttentionMaskKind.Causal => true,
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown attention mask."),
            };
            steps[i] = starts ? ++step : step;
        }
    }

    /// <summary>The mask of a batch.</summary>
    /// <param name="kind">Bidirectional, hybrid or causal.</param>
    /// <param name="batch">Rows B.</param>
    /// <param name="length">Tokens per row T, padding included.</param>
    /// <param name="valid">[B * T], row by row: false for padding, on the left or on the right. Nothing sees padding, but each
    /// padding token sees itself, so that its softmax is defined.</param>
    /// <param name="imageBlock">[B * T]: 0 for text and padding, k from 1 on for the row's k-th picture.</param>
    /// <param name="device">Where the mask is needed. Default CPU.</param>
    /// <param name="segmentIds">[B * T] where rows hold several examples behind one another: equal numbers within an example, other ones
    /// side by side. No example sees another, whatever the kind:
    /// <code>
    /// hybrid, segments 1 1 1 2 2       i i t | i t
    ///              i  # # . . .
    ///              i  # # . . .
    ///              t  # # # . .
    ///              i  . . . # .
    ///              t  . . . # #
    /// </code>
    /// Empty: each row is one example.</param>
    /// <returns>bool [B, 1, T (query), T (key)]: true where the query sees the key.</returns>
    public static Tensor Create(AttentionMaskKind kind, int batch, int length, ReadOnlySpan<bool> valid, ReadOnlySpan<int> imageBlock, Device? device = null,
        ReadOnlySpan<int> segmentIds = default)
    {
        if (valid.Length != batch * length || imageBlock.Length != batch * length)
            throw new ArgumentException($"{batch} rows of {length} tokens need {batch * length} flags, not {valid.Length} and {imageBlock.Length}.");
        if (!segmentIds.IsEmpty && segmentIds.Length != batch * length)
            throw new ArgumentException($"{batch} rows of {length} tokens need {batch * length} numbers of segments, not {segmentIds.Length}.");
        var steps = new long[batch * length];
        for (int row = 0; row < batch; row++)
            Steps(kind, imageBlock.Slice(row * length, length), steps.AsSpan(row * length, length));
        using var scope = NewDisposeScope();
        var stepTensor = tensor(steps, [batch, length], device: device);
        var validTensor = valid.Contains(false) ? tensor(valid.ToArray(), [batch, length], device: device) : null;
        var segmentTensor = segmentIds.IsEmpty ? null : tensor(segmentIds.ToArray(), [batch, length], device: device);
        return FromSteps(stepTensor, validTensor, segmentTensor).MoveToOuterDisposeScope();
    }

    /// <summary>Compares steps [B, T]; valid [B, T] is null when there is no padding, segments [B, T] where each row is one example.</summary>
    internal static Tensor FromSteps(Tensor steps, Tensor? valid, Tensor? segments = null)
    {
        using var scope = NewDisposeScope();
        var sees = steps.unsqueeze(1) <= steps.unsqueeze(2); // [B, query, key]
        if (segments is not null)
            sees &= segments.unsqueeze(1) == segments.unsqueeze(2);
        if (valid is not null)
            sees = (sees & valid.unsqueeze(1)) | eye(steps.shape[1], dtype: ScalarType.Bool, device: steps.device).unsqueeze(0);
        return sees.unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws one row's mask, a line per query: '#' where it sees the key, '.' where not.</summary>
    /// <param name="mask">What <see cref="Create"/> returned.</param>
    /// <param name="row">The row of the batch.</param>
    public static string Draw(Tensor mask, int row = 0)
    {
        Shape.Check(mask, nameof(mask), -1, 1, -1, -1);
        using var scope = NewDisposeScope();
        var cells = mask[row, 0].cpu().contiguous().data<bool>().ToArray();
        int keys = (int)mask.shape[3];
        var text = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            text.Append(cells[i] ? '#' : '.');
            if ((i + 1) % keys == 0)
                text.Append('\n');
        }
        return text.ToString();
    }
}
