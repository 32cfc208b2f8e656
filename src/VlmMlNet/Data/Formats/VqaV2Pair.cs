using System.Text.RegularExpressions;

namespace VlmMlNet.Data.Formats;

/// <summary>The files of VQAv2 that belong together, by their published names.</summary>
internal static class VqaV2Pair
{
    /// <summary>A file, as what its content says that it is, with the other one of its pair if that lies beside it.</summary>
    /// <param name="path">A file of questions or of answers.</param>
    public static (string? Questions, string? Annotations) Find(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "", name = Path.GetFileName(path);
        if (!FormatRecognizer.HasQuestions(path))
        {
            Match annotations = Regex.Match(name, "^v2_mscoco_(?<part>.+)_annotations\\.json$");
            return (annotations.Success ? Existing($"v2_OpenEnded_mscoco_{annotations.Groups["part"].Value}_questions.json") : null, path);
        }
        Match questions = Regex.Match(name, "^v2_OpenEnded_mscoco_(?<part>.+)_questions\\.json$");
        return (path, questions.Success ? Existing($"v2_mscoco_{questions.Groups["part"].Value}_annotations.json") : null);

        string? Existing(string beside) => Path.Combine(folder, beside) is var file && File.Exists(file) ? file : null;
    }
}
