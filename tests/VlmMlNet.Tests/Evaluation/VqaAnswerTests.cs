using System.Text.Json;
using VlmMlNet.Evaluation.Answers;

namespace VlmMlNet.Tests.Evaluation;

public sealed class VqaAnswerTests
{
    [Theory]
    [InlineData("The Dog.", "dog")]
    [InlineData("  a\ttwo\nlines ", "2 lines")]
    [InlineData("three", "3")]
    [InlineData("none", "0")]
    [InlineData("isnt", "isn't")]
    [InlineData("couldnt've", "couldn't've")]
    [InlineData("couldn'tve", "couldn't've")]
    [InlineData("yallll", "yallll")]
    [InlineData("y'allll", "y'all'll")]
    [InlineData("twas", "'twas")]
    [InlineData("ow's'at", "'ow's'at")]
    [InlineData("Im", "im")]
    [InlineData("somebody'd", "somebodyd")]
    [InlineData("1,000", "1000")]
    [InlineData("red,white", "red white")]
    [InlineData("red, white", "red white")]
    [InlineData("left-hand", "left hand")]
    [InlineData("left-hand - no", "lefthand no")]
    [InlineData("1,000-2", "10002")]
    [InlineData("3.5", "3.5")]
    [InlineData("U.S.A.", "usa")]
    [InlineData("a", "")]
    [InlineData("10:30 o'clock 50%", "10:30 o'clock 50%")]
    public void An_answer_becomes_the_form_that_is_compared(string answer, string expected) =>
        Assert.Equal(expected, VqaAnswer.Normalize(answer));

    [Fact]
    public void Only_the_first_32_full_stops_go() => Assert.Equal("x........", VqaAnswer.Normalize("x" + new string('.', 40)));

    [Fact]
    public void Golden_answers_pass_through_the_official_stages()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(GoldenData.Path("vqa", "vqa_normalize.json")));
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            string raw = entry.GetProperty("raw").GetString()!;
            string stripped = VqaAnswer.Strip(raw);
            Assert.Equal(entry.GetProperty("stripped").GetString(), stripped);
            Assert.Equal(entry.GetProperty("processPunctuation").GetString(), VqaAnswer.NormalizePunctuation(stripped));
            Assert.Equal(entry.GetProperty("final").GetString(), VqaAnswer.Normalize(raw));
        }
    }
}
