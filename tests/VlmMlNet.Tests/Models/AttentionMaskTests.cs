using VlmMlNet.Models;

namespace VlmMlNet.Tests.Models;

public sealed class AttentionMaskTests
{
    // Two text tokens around two pictures of two tokens side by side; 'p' is padding.
    private static string Draw(AttentionMaskKind kind, string row)
    {
        var valid = row.Select(c => c != 'p').ToArray();
        var blocks = row.Select(c => char.IsDigit(c) ? c - '0' : 0).ToArray();
        using var mask = AttentionMask.Create(kind, 1, row.Length, valid, blocks);
        return AttentionMask.Draw(mask);
    }

    [Fact]
    public void Hybrid_lets_each_picture_see_itself_and_all_before_it()
    {
        Assert.Equal("""
            #.....
            ###...
            ###...
            #####.
            #####.
            ######

            """.ReplaceLineEndings("\n"), Draw(AttentionMaskKind.Hybrid, "t1122t"));
    }

    [Fact]
    public void Causal_treats_image_tokens_as_text()
    {
        Assert.Equal("""
            #...
            ##..
            ###.
            ####

            """.ReplaceLineEndings("\n"), Draw(AttentionMaskKind.Causal, "t11t"));
    }

    [Fact]
    public void Bidirectional_lets_all_see_all_but_padding()
    {
        Assert.Equal("""
            ###.
            ###.
            ###.
            ####

            """.ReplaceLineEndings("\n"), Draw(AttentionMaskKind.Bidirectional, "11tp"));
    }

    [Fact]
    public void Padding_on_the_left_is_seen_by_itself_alone()
    {
        Assert.Equal("""
            #....
            .#...
            ..##.
            ..##.
            ..###

            """.ReplaceLineEndings("\n"), Draw(AttentionMaskKind.Hybrid, "pp11t"));
    }

    [Fact]
    public void A_wrong_number_of_flags_is_an_error()
    {
        var error = Assert.Throws<ArgumentException>(() => AttentionMask.Create(AttentionMaskKind.Hybrid, 2, 3, new bool[6], new int[5]));
        Assert.Contains("2 rows of 3 tokens need 6 flags", error.Message, StringComparison.Ordinal);
    }
}
