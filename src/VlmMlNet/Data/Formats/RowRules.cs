using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>What a row needs to be learned from or scored, whatever format it comes in: the one place that says so, for readers,
/// validation, training and evaluation.</summary>
internal static class RowRules
{
    /// <summary>What can be done about a row that lacks something.</summary>
    public const string Remedy = "Leave such rows out, by skipping bad rows or in the file.";

    /// <summary>What a row lacks; null where it is complete, or of a kind that has no rules.</summary>
    /// <param name="row">The row.</param>
    /// <param name="needsAnswers">Whether a picture or question that is yet to be given its captions or answer lacks them: there is nothing to learn from it.</param>
    public static RowProblemException? Find(object? row, bool needsAnswers) => row switch
    {
        CaptionRow { HasPicture: false } or VqaRow { HasPicture: false } => Lack("the row has no picture"),
        CaptionRow caption when needsAnswers || !caption.IsUnanswered => FindInCaptions(caption.Captions),
        VqaRow question when string.IsNullOrWhiteSpace(question.Question) => Lack("the row has no question"),
        VqaRow question when (needsAnswers || !question.IsUnanswered) && string.IsNullOrWhiteSpace(question.Answer) => NoAnswer(),
        LlavaRow conversation => FindInTurns(conversation.Turns),
        _ => null,
    };

    /// <summary>What is wrong with the captions of a picture; null where nothing is.</summary>
    public static RowProblemException? FindInCaptions(IReadOnlyList<string> captions)
    {
        int blank = 0;
        while (blank < captions.Count && !string.IsNullOrWhiteSpace(captions[blank]))
            blank++;
        return captions.Count == 0 ? Lack("the row has no caption")
            : blank < captions.Count ? Lack(captions.Count == 1 ? "the row's caption is empty" : $"caption {blank} of the row is empty")
            : null;
    }

    /// <summary>What is wrong with a conversation; null where nothing is. Some answers may be empty, not all.</summary>
    /// <param name="turns">[user, assistant, user, assistant, ...].</param>
    public static RowProblemException? FindInTurns(IReadOnlyList<string> turns)
    {
        if (turns.Count == 1)
            return NoAnswer();
        if (turns.Count % 2 != 0)
            return new RowProblemException($"the conversation has {turns.Count} turns", "User and assistant take turns, and the assistant has the last word.");
        for (int answer = 1; answer < turns.Count; answer += 2)
        {
            if (!string.IsNullOrWhiteSpace(turns[answer]))
                return null;
        }
        return NoAnswer();
    }

    private static RowProblemException NoAnswer() => Lack("the row has no answer");

    private static RowProblemException Lack(string problem) => new(problem, Remedy) { IsIncomplete = true };
}
