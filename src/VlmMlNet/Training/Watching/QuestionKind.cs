namespace VlmMlNet.Training.Watching;

/// <summary>What kind of question an example asks: how it begins.</summary>
internal static class QuestionKind
{
    private const int Words = 2;
    private static readonly char[] s_spaces = [' ', '\n', '\r', '\t', ',', '?', '.', ':', '!'];

    /// <summary>The first two words of the one question; empty where there are several.</summary>
    public static string Of(Examples.TrainingExample example) =>
        example.Messages.Count(m => m.Role == "user") != 1 ? ""
        : string.Join(' ', example.Messages.First(m => m.Role == "user").Content.Replace(Text.ImageToken.Text, "", StringComparison.Ordinal)
            .Split(s_spaces, StringSplitOptions.RemoveEmptyEntries).Take(Words)).ToLowerInvariant();
}
