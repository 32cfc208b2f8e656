using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Collects the turns of a LLaVA conversation and holds them to its rules: human and gpt take turns, human first,
/// every question answered, as many <c>&lt;image&gt;</c> as pictures.</summary>
internal sealed class LlavaConversation
{
    /// <summary>Stands for the picture in a turn.</summary>
    public const string ImageToken = "<image>";

    private readonly List<string> _turns = [];
    private int _images;

    public IReadOnlyList<string> Turns => _turns;

    /// <exception cref="RowProblemException">Another speaker's turn it is.</exception>
    public void Add(string from, string value)
    {
        if (from is not ("human" or "gpt"))
            throw new RowProblemException($"turn {_turns.Count} is from '{Shortened(from)}'", "A turn is from 'human' or from 'gpt'.");
        string expected = _turns.Count % 2 == 0 ? "human" : "gpt";
        if (from != expected)
            throw new RowProblemException($"turn {_turns.Count} is from '{from}' where '{expected}' is expected",
                "A conversation starts with 'human', and 'human' and 'gpt' take turns.");
        _turns.Add(value);
        _images += value.AsSpan().Count(ImageToken);
    }

    /// <summary>Puts pictures before the first turn, where no turn says their place.</summary>
    public void Place(int images)
    {
        if (_images > 0 || images == 0 || _turns.Count == 0)
            return;
        _turns[0] = string.Concat(Enumerable.Repeat(ImageToken + "\n", images)) + _turns[0];
        _images = images;
    }

    /// <exception cref="RowProblemException">The conversation is empty, unanswered, or its pictures do not match.</exception>
    public void Check(int images)
    {
        if (_turns.Count == 0)
            throw new RowProblemException("the conversation is empty", "It needs a 'human' and a 'gpt' turn.");
        if (_turns.Count % 2 != 0)
            throw new RowProblemException($"the last turn, {_turns.Count - 1}, has no answer", "Each 'human' turn is followed by one from 'gpt'.");
        if (_images != images)
            throw new RowProblemException($"the conversation has {ImageToken} {Times(_images)}, but the row has {images} {(images == 1 ? "image" : "images")}",
                "Each image needs its own place in a turn.");
    }

    private static string Times(int count) => count switch { 0 => "nowhere", 1 => "once", _ => $"{count} times" };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
