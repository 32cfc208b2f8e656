using VlmMlNet.Text;

namespace VlmMlNet.Training.Examples;

/// <summary>Makes instruction data of caption data: the same captions as answers to differently worded requests, so that the
/// last stage can be run where no questions are at hand.</summary>
public static class CaptionInstructions
{
    /// <summary>The requests; every second example keeps the first.</summary>
    public static IReadOnlyList<string> Prompts { get; } =
    [
        VisionLanguageModel.DefaultCaptionPrompt,
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
        return captions.Select(Reword);
    }

    private static TrainingExample Reword(TrainingExample example)
    {
        if (example is not { Messages: [{ Role: "user" } request, var answer], Images.Count: 1 })
            return example;
        // By what the example is, not by its place: each epoch and each run has the same ones, in whatever order.
        int number = SeededRandom.For(example.Id, answer.Content).Next(2 * (Prompts.Count - 1));
        if (number >= Prompts.Count - 1)
            return example;
        string prompt = Prompts[1 + number];
        return example with { Messages = [request with { Content = ImagePlaceholder.Before(prompt) }, example.Messages[1]] };
    }
}
