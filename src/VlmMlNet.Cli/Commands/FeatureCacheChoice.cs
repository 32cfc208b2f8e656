using System.CommandLine;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options of <c>vlm train</c> that say where features of pictures are kept.</summary>
internal sealed class FeatureCacheChoice
{
    private const double DefaultSize = 8, MostSize = 1_000_000;

    /// <summary>What the command's help says about them.</summary>
    public const string Details = """
        Stages 0 and 1 leave the image encoder as it is, so each picture is encoded once and its features are kept, 1.2 MB a picture at full size, within --out until stage 1 is finished, or in --feature-cache, which stays for other runs with the same encoder. A picture is known by its content. What does not fit into --feature-cache-size is encoded each time; what is learned is the same.
        """;

    private readonly Option<string?> _folder = new("--feature-cache") { Description = "Keep the features of pictures in this folder. Default: within --out, while they are needed.", HelpName = "DIR" };
    private readonly Option<double?> _size = Terminal.NumberOption.Real("--feature-cache-size", "GB", "Most gigabytes of features, and never more than half of the disk's free space; 0 keeps none. Default 8.", 0, MostSize);

    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_size);
    }

    public FeatureCacheOptions? Read(ParseResult result)
    {
        double size = result.GetValue(_size) ?? DefaultSize;
        return size == 0 ? null : new FeatureCacheOptions { Folder = result.GetValue(_folder), MaxBytes = Math.Max(1, (long)(size * 1e9)) };
    }
}
