using System.Text.RegularExpressions;

namespace VlmMlNet.Safetensors;

/// <summary>Names at Hugging Face, which people give where a folder or a file is meant.</summary>
internal static partial class HubName
{
    /// <summary>What to do about a folder of a model that does not exist, where its name looks like one; else nothing.</summary>
    /// <param name="given">The folder as the user gave it.</param>
    public static string AdviceForModel(string given) => Like().IsMatch(given) ? $"{Begin(given)}{ModelFiles}." : "";

    /// <summary>The same for a data file, in whose place a model may have been meant where both are taken.</summary>
    /// <param name="given">The file as the user gave it.</param>
    public static string AdviceForData(string given) => Like().IsMatch(given) && !FileExtension().IsMatch(given)
        ? $"{Begin(given)}of a data set its .parquet, .json or .jsonl files (and the pictures, where they are apart), of a model {ModelFiles}." : "";

    private const string ModelFiles = $"config.json, {Checkpoint.FileName} (or {Checkpoint.IndexName} with the files that it names), of a vision model also preprocessor_config.json or processor_config.json, "
        + "of a language model tokenizer.json, tokenizer_config.json and generation_config.json";

    private static string Begin(string given) => $" If '{given}' is a name at Hugging Face, fetch its files into a folder and give that, since nothing is downloaded here: ";

    // owner/name, and no path that begins with a dot, a slash or a drive.
    [GeneratedRegex(@"^\w[\w.-]*/\w[\w.-]*$")]
    private static partial Regex Like();

    // Versions in names have digits behind the point.
    [GeneratedRegex(@"\.[A-Za-z]+$")]
    private static partial Regex FileExtension();
}
