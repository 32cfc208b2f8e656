using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Models.Lora;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options of <c>vlm train</c> for training by adapters.</summary>
internal sealed class LoraChoice
{
    /// <summary>Adapters begin at nothing and move with little force: they need larger steps than weights.</summary>
    private const double RateFactor = 10;

    private readonly Option<int?> _rank = NumberOption.Whole("--lora", "RANK", "Train image encoder and language model by adapters (LoRA) of this rank, such as 16: their weights stay in memory once, and only the adapters are learned.", 1, 4096);
    private readonly Option<double?> _alpha = NumberOption.Real("--lora-alpha", "N", "What the adapters are multiplied with, times the rank. Default: twice the rank.", 1e-6, 1e6);
    private readonly Option<double?> _dropout = NumberOption.Real("--lora-dropout", "P", "Share of inputs that are hidden from the adapters. Default 0.05.", 0, 0.99);

    private readonly Option<string?> _targets = new("--lora-targets")
    {
        Description = "Layers that get an adapter: ends of their names, such as q_proj,v_proj. Default all-linear.",
        HelpName = "LIST",
        Validators = { result => { if (result.Tokens is [{ Value: var text }] && Split(text).Length == 0) result.AddError("--lora-targets names no layer."); } },
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_rank, _alpha, _dropout, _targets])
            command.Add(option);
    }

    /// <summary>What the user chose; null for training without adapters.</summary>
    public LoraOptions? Read(ParseResult result)
    {
        if (result.GetValue(_rank) is not { } rank)
        {
            return result.GetValue(_alpha) is null && result.GetValue(_dropout) is null && result.GetValue(_targets) is null ? null
                : throw new UsageException("--lora-alpha, --lora-dropout and --lora-targets go with --lora RANK.");
        }
        var options = new LoraOptions { Rank = rank, Alpha = result.GetValue(_alpha) ?? 2 * rank };
        return options with { Dropout = result.GetValue(_dropout) ?? options.Dropout, Targets = result.GetValue(_targets) is { } text ? Split(text) : options.Targets };
    }

    /// <summary>A stage that trains by adapters what it would train of the backbones.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="options">The adapters.</param>
    /// <param name="keepsRates">Whether the user chose the learning rates.</param>
    public static TrainingStage ApplyTo(TrainingStage stage, LoraOptions options, bool keepsRates)
    {
        double factor = keepsRates ? 1 : RateFactor;
        return stage with
        {
            VisionLora = stage.VisionLearningRate is null ? null : options,
            LanguageLora = stage.LanguageLearningRate is null ? null : options,
            VisionLearningRate = factor * stage.VisionLearningRate,
            LanguageLearningRate = factor * stage.LanguageLearningRate,
        };
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
