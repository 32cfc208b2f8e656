using VlmMlNet.Text;
using VlmMlNet.Training.Batches;

namespace VlmMlNet.Tests.Training;

public sealed class TokenMaskingTests
{
    private const int Mask = 7, Stop = 9;

    [Fact]
    public void A_fifth_of_the_caption_is_hidden_and_alone_is_scored()
    {
        int[] ids = [1, 2, .. Enumerable.Range(100, 20), Stop];
        int[] labels = [-100, -100, .. Enumerable.Range(100, 20), Stop];

        var masked = TokenMasking.Apply(new EncodedConversation(ids, labels, 0), 0.2, Mask, Stop, new Random(1));

        Assert.Equal(4, masked.Labels.Count(l => l >= 0));
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(masked.Labels[i] >= 0 ? Mask : ids[i], masked.TokenIds[i]);
            Assert.True(masked.Labels[i] == -100 || masked.Labels[i] == ids[i]);
        }
        Assert.Equal(Stop, masked.TokenIds[^1]);
    }

    [Fact]
    public void The_shortest_caption_still_hides_one_token()
    {
        var masked = TokenMasking.Apply(new EncodedConversation([1, 50, Stop], [-100, 50, Stop], 0), 0.2, Mask, Stop, new Random(1));
        Assert.Equal([-100, 50, -100], masked.Labels);
        Assert.Equal([1, Mask, Stop], masked.TokenIds);
    }

    [Theory]
    [InlineData(5, 0.5, 3)]
    [InlineData(3, 0.5, 2)]
    [InlineData(7, 0.2, 1)]
    [InlineData(8, 0.2, 2)]
    public void The_number_of_hidden_tokens_is_rounded_to_the_nearest_and_from_halves_up(int length, double share, int hidden)
    {
        int[] ids = [1, .. Enumerable.Range(100, length)];
        var masked = TokenMasking.Apply(new EncodedConversation(ids, [-100, .. ids[1..]], 0), share, Mask, Stop, new Random(1));
        Assert.Equal(hidden, masked.TokenIds.Count(id => id == Mask));
    }

    [Fact]
    public void An_empty_caption_has_nothing_to_score()
    {
        var masked = TokenMasking.Apply(new EncodedConversation([1, Stop], [-100, Stop], 0), 0.2, Mask, Stop, new Random(1));
        Assert.All(masked.Labels, l => Assert.Equal(-100, l));
    }
}
