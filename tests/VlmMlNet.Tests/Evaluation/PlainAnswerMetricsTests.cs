using System.Text.RegularExpressions;
using VlmMlNet.Evaluation.Answers;

namespace VlmMlNet.Tests.Evaluation;

/// <summary>Answers of every odd kind score as the definitions of the official VQA evaluation and of LLaVA-Med's script say,
/// written down again here without any thought of speed.</summary>
public sealed class PlainAnswerMetricsTests
{
    private static readonly string[] s_words =
    [
        "a", "The", "an", "none", "Zero", "one", "ten", "2", "1,000", "3.5", ".5", "5.", "U.S.", "yes", "No!", "yes/no", "black-and-white", "isnt", "isn't", "Im", "'twas", "dont", "red", ",",
        ".", "?", "/", "-", "_x", "(y)", "[z]", "\"", "@", "10:30", "$5", "&", "café", "½", "\t", "\n", "one,two", "a.b", "known",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_answers(int seed)
    {
        var random = new Random(seed);
        string Answer() => string.Join(random.Next(4) == 0 ? "" : " ", Enumerable.Range(0, random.Next(0, 5)).Select(_ => s_words[random.Next(s_words.Length)]));
        for (int i = 0; i < 400; i++)
        {
            string[] pool = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Answer())];
            string[] answers = [.. Enumerable.Range(0, 10).Select(_ => pool[random.Next(pool.Length)])];
            string prediction = random.Next(3) == 0 ? Answer() : pool[random.Next(pool.Length)];
            Assert.Equal(Vqa(prediction, answers), AnswerScorer.Score([prediction], [answers]).VqaAccuracy, 1e-9);

            LlavaMedScores open = AnswerScorer.Score([prediction], [[answers[0]]], ["OPEN"]).LlavaMed;
            (double exact, double precision, double recall) = MedicalOpen(prediction, answers[0]);
            Assert.Equal(exact, open.OpenExactMatch, 1e-9);
            Assert.Equal(precision, open.OpenPrecision, 1e-9);
            Assert.Equal(recall, open.OpenRecall, 1e-9);
            Assert.Equal(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), open.OpenF1, 1e-9);
            string said = Medical(prediction), wanted = Medical(answers[0]);
            double closed = (said.Contains("yes") || said.Contains("no")) && said.Contains(wanted) ? 1 : 0;
            Assert.Equal(closed, AnswerScorer.Score([prediction], [[answers[0]]], ["CLOSED"]).LlavaMed.ClosedAccuracy);
        }
    }

    // Each person is left out once; three others who agree make an answer right.
    private static double Vqa(string prediction, string[] answers)
    {
        string Strip(string text) => text.Replace('\n', ' ').Replace('\t', ' ').Trim();
        prediction = Strip(prediction);
        answers = [.. answers.Select(Strip)];
        if (answers.Distinct().Count() > 1)
        {
            prediction = Words(Punctuation(prediction));
            answers = [.. answers.Select(answer => Words(Punctuation(answer)))];
        }
        return Enumerable.Range(0, answers.Length).Average(left => Math.Min(1, answers.Where((answer, i) => i != left && answer == prediction).Count() / 3.0));
    }

    private static (double Exact, double Precision, double Recall) MedicalOpen(string prediction, string answer)
    {
        string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] given = Split(Medical(Medical(prediction))), wanted = Split(Medical(Medical(answer)));
        if (given.Length == 0)
            return (0, 0, 0);
        double exact = wanted.Distinct().Count(given.Contains) / (double)given.Length;
        double right = given.Count(wanted.Contains), wrong = given.Count(word => !wanted.Contains(word)), missed = wanted.Count(word => !given.Contains(word));
        return right == 0 ? (exact, 0, 0) : (exact, right / (right + wrong), right / (right + missed));
    }

    private static string Medical(string text) => Words(Punctuation(text.ToLowerInvariant())).Replace(",", "");

    private static string Punctuation(string text)
    {
        string result = text;
        foreach (char mark in ";/[]\"{}()=+\\_-><@`,?!")
        {
            bool drop = text.Contains($"{mark} ") || text.Contains($" {mark}") || Regex.IsMatch(text, @"\d,\d");
            result = result.Replace(mark.ToString(), drop ? "" : " ");
        }
        return new Regex(@"\.(?!\d)").Replace(result, "", 32);
    }

    private static string Words(string text)
    {
        string[] numbers = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        var contractions = new Dictionary<string, string> { ["isnt"] = "isn't", ["dont"] = "don't", ["twas"] = "'twas" };
        return string.Join(' ', Regex.Split(text.ToLowerInvariant(), @"\s+")
            .Select(word => word == "zero" ? "0" : Array.IndexOf(numbers, word) is >= 0 and var number ? $"{number}" : word)
            .Where(word => word is not ("" or "a" or "an" or "the"))
            .Select(word => contractions.GetValueOrDefault(word, word)));
    }
}
