using VlmMlNet.Text;

namespace VlmMlNet.Tests.Text;

public sealed class TokenBatchTests
{
    private const int I = ImageToken.Id, N = EncodedConversation.Unscored, Pad = 9;
    private static readonly EncodedConversation s_long = new([1, I, I, I, I, 2, 3], [N, N, N, N, N, 2, 3], 2);
    private static readonly EncodedConversation s_short = new([I, I, 4], [N, N, 4], 1);

    [Fact]
    public void Rows_are_filled_up_on_the_right()
    {
        TokenBatch batch = TokenBatch.Collate([s_long, s_short], PaddingSide.Right, Pad, imageTokenCount: 2);
        Assert.Equal((2, 7), (batch.Batch, batch.Length));
        Assert.Equal([1, I, I, I, I, 2, 3, I, I, 4, Pad, Pad, Pad, Pad], batch.TokenIds);
        Assert.Equal([N, N, N, N, N, 2, 3, N, N, 4, N, N, N, N], batch.Labels);
        Assert.Equal([true, true, true, true, true, true, true, true, true, true, false, false, false, false], batch.Valid);
        Assert.Equal([0, 1, 1, 2, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0], batch.ImageBlock);
    }

    [Fact]
    public void Rows_are_filled_up_on_the_left()
    {
        TokenBatch batch = TokenBatch.Collate([s_short, s_long], PaddingSide.Left, Pad, imageTokenCount: 2);
        Assert.Equal([Pad, Pad, Pad, Pad, I, I, 4, 1, I, I, I, I, 2, 3], batch.TokenIds);
        Assert.Equal([N, N, N, N, N, N, 4, N, N, N, N, N, 2, 3], batch.Labels);
        Assert.Equal([false, false, false, false, true, true, true, true, true, true, true, true, true, true], batch.Valid);
        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 0, 0], batch.ImageBlock);
    }

    [Fact]
    public void A_pad_id_within_text_is_text()
    {
        TokenBatch batch = TokenBatch.Collate([new([Pad, 1], [N, N], 0), new([1], [1], 0)], PaddingSide.Right, Pad, imageTokenCount: 0);
        Assert.Equal([true, true, true, false], batch.Valid);
    }

    [Fact]
    public void Rows_that_do_not_fit_are_errors_that_name_the_row()
    {
        const string Blocks = "its picture positions are not {0} blocks of {1}. Encode the conversation with the same number of positions for a picture.";
        Assert.Equal("batch, row 1: it has 2 ids but 1 labels.", Error([s_short, new([1, 2], [1], 0)], 2));
        Assert.Equal("batch, row 0: " + string.Format(null, Blocks, 1, 3), Error([s_short], 3));
        Assert.Equal("batch, row 0: " + string.Format(null, Blocks, 2, 1), Error([s_long], 1));
        Assert.Equal("batch, row 0: " + string.Format(null, Blocks, 1, 0), Error([s_short], 0));
        Assert.Equal("batch, row 0: " + string.Format(null, Blocks, 0, int.MaxValue), Error([new([1, I], [N, N], 0)], int.MaxValue));
        Assert.Equal("batch, row 0: " + string.Format(null, Blocks, 1, 2), Error([new([1, 2], [N, N], 1)], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenBatch.Collate([], PaddingSide.Left, Pad, 1));
    }

    [Fact]
    public void Truncation_cuts_text_off_the_end()
    {
        EncodedConversation cut = s_long.Truncate(6);
        Assert.Equal([1, I, I, I, I, 2], cut.TokenIds);
        Assert.Equal([N, N, N, N, N, 2], cut.Labels);
        Assert.Equal(2, cut.ImageCount);
        Assert.Same(s_long, s_long.Truncate(7));
        Assert.Equal(5, s_long.Truncate(5).TokenIds.Length);
    }

    [Fact]
    public void Truncation_never_cuts_a_picture()
    {
        foreach (int length in (int[])[1, 2, 3, 4])
        {
            Assert.Equal($"conversation: its pictures (2) end at position 5, beyond the maximum length of {length}, and a picture cannot be cut. Raise the maximum length to at least 5, or leave the conversation out.",
                Assert.Throws<MalformedInputException>(() => s_long.Truncate(length)).Message);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => s_long.Truncate(0));
    }

    private static string Error(EncodedConversation[] rows, int imageTokenCount) =>
        Assert.Throws<MalformedInputException>(() => TokenBatch.Collate(rows, PaddingSide.Right, Pad, imageTokenCount)).Message;
}
