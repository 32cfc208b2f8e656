using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Questions whose answers are chosen from a list, as ScienceQA and A-OKVQA have them: an answer that says the place in the list
/// means nothing to a model, which is not shown the list.</summary>
internal static class AnswerChoices
{
    /// <summary>What such columns and properties are called.</summary>
    public static string[] Names { get; } = ["choices", "options"];

    /// <summary>Requires that an answer is one, and not the place of one.</summary>
    /// <param name="choices">What can be chosen; none for other questions.</param>
    /// <param name="answers">The answers.</param>
    /// <exception cref="RowProblemException">It is a place.</exception>
    public static void Check(IReadOnlyList<string> choices, IReadOnlyList<string> answers)
    {
        if (choices.Count > 1 && answers is [var answer] && IsPlace(answer.Trim()) && !choices.Contains(answer))
            throw new RowProblemException($"the answer '{answer}' is the place of one of {choices.Count} choices, which a model is not shown", "Write the text of the choice as the answer, or the choices into the question.");
    }

    // 0, 1, ... or A, B, ...
    private static bool IsPlace(string answer) => answer.Length is 1 or 2 && (answer.All(char.IsAsciiDigit) || (answer.Length == 1 && char.IsAsciiLetter(answer[0])));
}
