using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Slake;

/// <summary>SLAKE's JSON: an array of <c>{"qid", "img_name", "question", "answer", "q_lang", "answer_type",
/// "content_type"}</c>.</summary>
internal sealed class SlakeSource(string path, SlakeOptions options)
    : VqaJsonSource(path, options, new ImagePaths(path, options.ImageFolder ?? ImagePaths.Beside(path, "imgs"), options), "img_name", "content_type", "q_lang")
{
    protected override (string Problem, string Remedy) NotThisFormat =>
        ("this is not SLAKE's JSON, which is one array of rows", "Its files are named train.json, validate.json and test.json.");

    protected override Func<string, bool>? IsChosen { get; } = options.Language is { } language ? found => found == language : null;
}
