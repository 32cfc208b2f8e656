using VlmMlNet.Generation;
using VlmMlNet.Text;

namespace VlmMlNet.Training;

/// <summary>Makes instruction data of caption data: the same captions as answers to differently worded requests, so that the
/// last stage can be run where no questions are at hand.</summary>
public static class CaptionInstructions
{
    /// <summary>The requests; every second example keeps the first.</summary>
    public static IReadOnlyList<string> Prompts { get; } =
    [
        AnswerGenerator.CaptionPrompt,
        "What does the picture show?",
        "Give a short caption for this image.",
        "What is this?",
        "Name what you see.",
        "Write a caption.",
        "What can be seen here?",
    ];

    /// <summary>Rewords the requests of examples of one question and answer; others stay as they are.</summary>
    /// <param name="captions">Captions.</param>
    public static TrainingSet Of(TrainingSet captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        return new TrainingSet(captions.Count, () => captions.Read().Select(Reword));
    }

    // By the place in the data, so that each epoch and each run reads the same examples.
    private static TrainingExample Reword(TrainingExample example, int number)
    {
        if (number % 2 == 0 || example is not { Messages: [{ Role: "user" } request, _], Images.Count: 1 })
            return example;
        string prompt = Prompts[1 + number / 2 % (Prompts.Count - 1)];
        return example with { Messages = [request with { Content = $"{ImageToken.Text}\n{prompt}" }, example.Messages[1]] };
    }
}
