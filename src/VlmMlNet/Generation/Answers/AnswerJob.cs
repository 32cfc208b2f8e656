namespace VlmMlNet.Generation.Answers;

/// <summary>The answers to one prompt, as they become complete.</summary>
/// <param name="prompt">The prompt's tokens.</param>
/// <param name="row">The prompt's place in the input.</param>
/// <param name="expected">Pieces of work that it takes: one for each drawn answer, one for all of a search.</param>
internal sealed class AnswerJob(int[] prompt, long row, int expected)
{
    private readonly IReadOnlyList<GeneratedAnswer>?[] _answers = new IReadOnlyList<GeneratedAnswer>?[expected];
    private int _completed;

    public int[] Prompt { get; } = prompt;

    public long Row { get; } = row;

    public int Expected { get; } = expected;

    /// <summary>Pieces of work that have begun.</summary>
    public int Started { get; set; }

    /// <summary>The first answer's text so far; null without one, as in a search.</summary>
    public AnswerText? Text { get; set; }

    public bool IsComplete => _completed == _answers.Length;

    /// <summary>The answers in their order, when all are complete.</summary>
    public IReadOnlyList<GeneratedAnswer> Answers => _answers.Length == 1 ? _answers[0]! : [.. _answers.SelectMany(a => a!)];

    public void Complete(int number, IReadOnlyList<GeneratedAnswer> answers)
    {
        _answers[number] = answers;
        _completed++;
    }
}
