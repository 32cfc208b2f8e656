using System.Text.Json;
using System.Text.RegularExpressions;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>The files of VQAv2, and of VQA and OK-VQA, whose formats are the same, that belong together, by their published
/// names: <c>v2_OpenEnded_mscoco_val2014_questions.json</c> and <c>v2_mscoco_val2014_annotations.json</c>, both without
/// <c>v2_</c> in the others.</summary>
internal static partial class VqaV2Pair
{
    /// <summary>A file, as what its content says that it is, with the other one of its pair if that lies beside it.</summary>
    /// <param name="path">A file of questions or of answers.</param>
    public static (string? Questions, string? Annotations) Find(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "", name = Path.GetFileName(path);
        if (HasQuestions(path))
            return (path, Questions().Match(name) is { Success: true } asked ? Existing($"{Version(asked)}{Part(asked)}_annotations.json") : null);
        return (Annotations().Match(name) is { Success: true } answered
            ? Existing($"{Version(answered)}OpenEnded_{Part(answered)}_questions.json") ?? Existing($"{Version(answered)}MultipleChoice_{Part(answered)}_questions.json")
            : null, path);

        string? Existing(string beside) => Path.Combine(folder, beside) is var file && File.Exists(file) ? file : null;
        static string Version(Match match) => match.Groups["version"].Value;
        static string Part(Match match) => match.Groups["part"].Value;
    }

    // The answers otherwise.
    private static bool HasQuestions(string path)
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "no object");
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName is "questions" or "annotations")
                return reader.PropertyName == "questions";
            reader.SkipValue();
        }
        return false;
    }

    [GeneratedRegex(@"^(?<version>v\d+_)?(OpenEnded|MultipleChoice)_(?<part>.+)_questions\.json$")]
    private static partial Regex Questions();

    [GeneratedRegex(@"^(?<version>v\d+_)?(?<part>.+)_annotations\.json$")]
    private static partial Regex Annotations();
}
