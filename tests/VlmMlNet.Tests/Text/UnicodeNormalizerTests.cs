using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Tests.Text;

public sealed class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("A\u030A", "\u00C5")]
    [InlineData("\u212B", "\u00C5")] // the Angstrom sign is a singleton
    [InlineData("\u2126", "\u03A9")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")] // marks are sorted by class
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")] // taken apart, sorted, put together otherwise
    [InlineData("a\u0301\u0301", "\u00E1\u0301")] // the second mark is blocked by the first
    [InlineData("a\u0328\u0301", "\u0105\u0301")]
    [InlineData("\u0915\u093C", "\u0915\u093C")] // excluded from composition
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")] // Hangul
    [InlineData("\u1100\u1161", "\uAC00")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A7", "\uAC00\u11A7")] // U+11A7 is no trailing consonant
    [InlineData("\u30AB\u3099", "\u30AC")]
    [InlineData("\uF900", "\u8C48")] // a compatibility ideograph
    [InlineData("\U0002F800", "\u4E3D")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0301e", "\u0301e")] // a mark without a letter before it
    [InlineData("x\U0001F600e\u0301y", "x\U0001F600\u00E9y")]
    [InlineData("\uFB01", "\uFB01")] // compatibility characters stay
    public void Text_becomes_form_C(string text, string expected)
    {
        bool changed = UnicodeNormalizer.TryChangeToFormC(text, out string? normalized);
        Assert.Equal(text != expected, changed);
        Assert.Equal(expected, normalized ?? text);
        Assert.False(UnicodeNormalizer.TryChangeToFormC(expected, out _));
    }

    [Fact]
    public void Every_character_is_stable_once_normalised_and_leaves_its_neighbours_alone()
    {
        for (int code = 0; code < 0x30000; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF)
                continue;
            string text = char.ConvertFromUtf32(code);
            string once = Normalize(text);
            Assert.Equal(once, Normalize(once));
            Assert.Equal("a " + once, Normalize("a " + text)); // nothing joins a space
        }
    }

    [Fact]
    public void Text_in_form_C_is_not_copied()
    {
        Assert.False(UnicodeNormalizer.TryChangeToFormC("Plain text, d\u00E9j\u00E0 vu, \u4E2D\u6587, \uD55C\uAD6D\uC5B4, \U0001F600", out string? normalized));
        Assert.Null(normalized);
        Assert.False(UnicodeNormalizer.TryChangeToFormC("", out _));
    }

    [Fact]
    public void Only_the_changed_tail_is_rewritten_and_the_head_is_kept()
    {
        string head = new('x', 1000);
        Assert.Equal(head + "\u00E9", Normalize(head + "e\u0301"));
    }

    [Fact]
    public void A_long_run_of_marks_takes_no_quadratic_time()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 100_000));
        string normalized = Normalize(text);
        Assert.StartsWith("\u1EA1\u0323", normalized);
        Assert.Equal(text.Length - 1, normalized.Length);
    }

    private static string Normalize(string text) => UnicodeNormalizer.TryChangeToFormC(text, out string? normalized) ? normalized : text;
}
