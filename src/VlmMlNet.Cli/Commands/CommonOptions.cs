using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private static readonly Dictionary<string, WeightPrecision> s_precisions = Enum.GetValues<WeightPrecision>().ToDictionary(p => p.ToString().ToLowerInvariant());

    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show the log, and stack traces of errors.", Recursive = true };

    public static Option<string> Model() => new("--model") { Description = "Folder of a saved model (what train and quickstart write).", HelpName = "DIR", Required = true };

    public static Option<string?> Images() => new("--images") { Description = "Folder that relative image paths of the data start from. Default: the data file's folder, and 'images' in it.", HelpName = "DIR" };

    public static Option<bool> OutsideImages() => new("--allow-outside-images") { Description = "Read pictures that the data names outside of the image folder too: absolute paths, '..', links that lead out. For data that you trust." };

    public static Option<string> Device() => new("--device")
    {
        Description = "cpu, cuda or cuda:N.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
        Validators = { result => { if (result.Tokens is [{ Value: var text }] && ParseDevice(text) is null) result.AddError($"--device '{text}' is not cpu, cuda or cuda:N."); } },
    };

    public static Option<int?> Threads(string description = "Threads on the CPU. Default: all cores.") => Positive("--threads", "N", description, ThreadLimit.Most);

    public static Option<string?> Prompt(string description)
    {
        var option = new Option<string?>("--prompt") { Description = description, HelpName = "TEXT" };
        option.Validators.Add(result => { if (result.Tokens is [{ Value: var text }] && string.IsNullOrWhiteSpace(text)) result.AddError("--prompt is empty."); });
        return option;
    }

    public static Option<string> BadRows()
    {
        var option = new Option<string>("--bad-rows") { Description = "What happens to a row that cannot be used: fail, or skip with a list at the end.", DefaultValueFactory = _ => "fail" };
        return option.AcceptOnlyFromAmong("fail", "skip");
    }

    public static Option<bool> SkipUnreadable(string otherwise = "instead of ending the run") => new("--skip-unreadable") { Description = $"Leave out pictures that cannot be read, and rows without picture or answer, with a list at the end, {otherwise}." };

    public static Option<bool?> Stream(string more) => new("--stream") { Description = $"Write an answer while it is made.{more}" };

    public static Option<WeightPrecision?> Precision(string name = "--precision", string description = "Hold the model in float32, bfloat16, int8 or int4 (its language model; image encoder and projector in 8 bits with both of the last): faster on a CPU. Default: as it was saved.")
    {
        var option = new Option<WeightPrecision?>(name) { Description = description, HelpName = "PRECISION" };
        option.CustomParser = result => result.Tokens is [{ Value: var text }] && s_precisions.TryGetValue(text, out var precision) ? precision : Wrong(result);
        return option;

        static WeightPrecision? Wrong(ArgumentResult result)
        {
            result.AddError($"{((OptionResult)result.Parent!).Option.Name} '{result.Tokens[0].Value}' is none of {string.Join(", ", s_precisions.Keys)}.");
            return null;
        }
    }

    public static Option<WeightPrecision[]> Precisions(string description)
    {
        var option = new Option<WeightPrecision[]>("--precisions") { Description = description, HelpName = "PRECISION", AllowMultipleArgumentsPerToken = true };
        option.CustomParser = result =>
        {
            if (result.Tokens.FirstOrDefault(t => !s_precisions.ContainsKey(t.Value)) is { } wrong)
                result.AddError($"{option.Name} '{wrong.Value}' is none of {string.Join(", ", s_precisions.Keys)}.");
            return [.. result.Tokens.Where(t => s_precisions.ContainsKey(t.Value)).Select(t => s_precisions[t.Value]).Distinct()];
        };
        return option;
    }

    public static Option<string?> Adapter() => new("--adapter") { Description = "Add an adapter (LoRA) to the model's weights: a folder as PEFT saves it, or one with language_adapter and vision_adapter as 'vlm train --lora' writes it.", HelpName = "DIR" };

    public static Option<int?> BatchSize(string description) => Positive("--batch-size", "N", description, GenerationLimits.BatchSize);

    public static Option<int?> Positive(string name, string helpName, string description, int most = int.MaxValue) => NumberOption.Whole(name, helpName, description, 1, most);

    public static Option<double?> PositiveNumber(string name, string helpName, string description, double most) => NumberOption.Real(name, helpName, description, double.Epsilon, most);

    public static DeviceChoice Choose(ParseResult result, Option<string> device, Option<int?> threads)
    {
        return new DeviceChoice(ParseDevice(result.GetValue(device)!)!.Value is >= 0 and int gpu ? gpu : null, result.GetValue(threads));
    }

    // The GPU's number, -1 for the CPU, null for neither.
    private static int? ParseDevice(string text) => text switch
    {
        "cpu" => -1,
        "cuda" => 0,
        _ when text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int number) => number,
        _ => null,
    };
}
