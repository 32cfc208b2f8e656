namespace VlmMlNet.Benchmarks;

/// <summary>Captions of about the length and variety of COCO's: a sentence of common words and rarer ones, whose frequency
/// falls with their rank.</summary>
internal sealed class SyntheticCaptions(int seed)
{
    private const int RareWords = 9000;

    private static readonly string[] s_nouns =
        "man woman dog cat bus train table street beach kitchen horse giraffe pizza plate child bench field skateboard wave sign".Split(' ');

    private static readonly string[] s_verbs = "is standing|sits|is riding|holds|are walking|is parked|isn't looking|looks".Split('|');

    private static readonly string[] s_places = "next to|on top of|in front of|near|under|with|behind|in the middle of".Split('|');

    private readonly Random _random = new(seed);

    public IEnumerable<string> Take(int count) => Enumerable.Range(0, count).Select(_ => Next());

    private string Next()
    {
        string sentence = $"A {Word()} {Pick(s_nouns)} {Pick(s_verbs)} {Pick(s_places)} a {Word()} {Pick(s_nouns)}";
        if (_random.Next(3) == 0)
            sentence += $", {Pick(s_places)} two {Word()} {Pick(s_nouns)}s";
        return _random.Next(4) == 0 ? sentence : sentence + ".";
    }

    private string Pick(string[] words) => words[_random.Next(words.Length)];

    private string Word()
    {
        int rank = (int)(RareWords * Math.Pow(_random.NextDouble(), 3));
        Span<char> letters = stackalloc char[8];
        int length = 0;
        for (int rest = rank + 700; rest > 0; rest /= 20)
            letters[length++] = "aeioulnrstdgcbmphfvk"[rest % 20];
        return letters[..length].ToString();
    }
}
