using VlmMlNet.Imaging;
using VlmMlNet.Text;

namespace VlmMlNet.Training.Examples;

/// <summary>One conversation to learn from; its assistant turns are scored.</summary>
/// <param name="Id">How errors name it.</param>
/// <param name="Messages">The turns; each <c>&lt;image&gt;</c> in them stands for one picture.</param>
/// <param name="Images">The pictures, in the order of their placeholders; empty for text alone.</param>
public sealed record TrainingExample(string Id, IReadOnlyList<ChatMessage> Messages, IReadOnlyList<ImageSource> Images)
{
    /// <summary>Why nothing can be learned from the row, of which there are no messages and pictures then; null where it is good.</summary>
    internal MalformedInputException? Problem { get; init; }

    /// <summary>What tells its first picture from others: the file, or the row that holds it.</summary>
    internal string PictureKey => Images[0].IsFile ? Images[0].Name : Id;

    /// <summary>Bytes of its pictures held in memory, for the shuffle's bound.</summary>
    internal long HeldBytes => Images.Sum(i => i.HeldBytes);

    /// <summary>A row that is left out where unreadable pictures are, and ends the run otherwise.</summary>
    internal static TrainingExample Unusable(string id, MalformedInputException problem) => new(id, [], []) { Problem = problem };

    /// <summary>A picture and what to say about it.</summary>
    public static TrainingExample Caption(string id, ImageSource image, string prompt, string caption) =>
        new(id, [new("user", ImagePlaceholder.Before(prompt)), new("assistant", caption)], [image]);
}
