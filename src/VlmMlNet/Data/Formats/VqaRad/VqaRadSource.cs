using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaRad;

/// <summary>VQA-RAD's JSON: an array of <c>{"qid", "image_name", "question", "answer", "answer_type", "question_type",
/// "phrase_type"}</c>.</summary>
internal sealed class VqaRadSource(string path, VqaRadOptions options)
    : VqaJsonSource(path, options, new ImagePaths(path, options.ImageFolder ?? ImagePaths.Beside(path, "VQA_RAD Image Folder"), options), "image_name", "question_type", "phrase_type")
{
    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not VQA-RAD's JSON, which is one array of rows", "Its file is named 'VQA_RAD Dataset Public.json'.");

    protected override Func<string, bool>? IsChosen { get; } = options.Split == DataSplit.All ? null
        : phrase => phrase.StartsWith("test", StringComparison.Ordinal) == (options.Split == DataSplit.Test);
}
