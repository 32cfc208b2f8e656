using VlmMlNet.Data.Rows;
using VlmMlNet.Text;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>Collects the turns of a conversation and holds them to LLaVA's rules: user and assistant take turns, every question
/// is answered, as many <c>&lt;image&gt;</c> as pictures. What the system says stands first; what the assistant says before any
/// question is left out, as LLaVA leaves it.</summary>
internal sealed class LlavaConversation
{
    private readonly List<string> _turns = [];
    private int _images;
    private int _met;   // turns of the file, of whichever speaker

    /// <summary>[user, assistant, user, assistant, ...].</summary>
    public IReadOnlyList<string> Turns => _turns;

    /// <summary>What the system says; empty where it says nothing.</summary>
    public string System { get; private set; } = "";

    /// <summary>Adds a turn.</summary>
    /// <param name="from">The speaker: <c>human</c> or <c>user</c>, <c>gpt</c> or <c>assistant</c>, <c>system</c>.</param>
    /// <param name="value">What is said.</param>
    /// <exception cref="RowProblemException">Another speaker's turn it is, or it is about other things than pictures.</exception>
    public void Add(string from, string value)
    {
        int turn = _met++;
        ForeignContent.CheckTurn(value, turn);
        bool isUser = from is "human" or "user";
        if (from == "system" && turn == 0)
        {
            SetSystem(value);
            return;
        }
        if (!isUser && from is not ("gpt" or "assistant"))
            throw new RowProblemException($"turn {turn} is from '{Shortened(from)}'", "A turn is from 'human' or from 'gpt' ('user' or 'assistant'), the first perhaps from 'system'.");
        if (!isUser && _turns.Count == 0 && (turn == 0 || (turn == 1 && System.Length > 0)))
            return; // a greeting, which answers nothing
        if (isUser != (_turns.Count % 2 == 0))
            throw new RowProblemException($"turn {turn} is from '{from}' where '{(isUser ? "gpt" : "human")}' is expected",
                "'human' and 'gpt' ('user' and 'assistant') take turns.");
        _turns.Add(value);
        _images += ImagePlaceholder.Count(value);
    }

    /// <summary>Says what the system says, where a property of the row has it.</summary>
    /// <exception cref="RowProblemException">It is said twice.</exception>
    public void SetSystem(string text)
    {
        if (System.Length > 0 && text.Length > 0 && System != text)
            throw new RowProblemException("the row has two texts of the system", "A conversation has one.");
        System = text.Length > 0 ? text : System;
    }

    /// <summary>Puts pictures before the first turn, where no turn says their place.</summary>
    public void Place(int images)
    {
        if (_images > 0 || images == 0 || _turns.Count == 0)
            return;
        _turns[0] = ImagePlaceholder.Before(_turns[0], images);
        _images = images;
    }

    /// <exception cref="RowProblemException">The conversation is empty, unanswered, or its pictures do not match.</exception>
    public void Check(int images)
    {
        if (_turns.Count == 0)
            throw new RowProblemException("the conversation is empty", "It needs a 'human' and a 'gpt' turn.") { IsIncomplete = true };
        if (_turns.Count % 2 != 0)
            throw new RowProblemException($"the last turn, {_met - 1}, has no answer", "Each 'human' turn is followed by one from 'gpt'.") { IsIncomplete = true };
        if (_images != images)
            throw new RowProblemException($"the conversation has {ImageToken.Text} {Times(_images)}, but the row has {images} {(images == 1 ? "image" : "images")}",
                "Each image needs its own place in a turn.");
    }

    private static string Times(int count) => count switch { 0 => "nowhere", 1 => "once", _ => $"{count} times" };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
