using System.CommandLine;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>Options that say in what numbers is trained, and how much memory it may take.</summary>
internal sealed class MemoryChoice
{
    private readonly Option<string> _precision = new("--precision") { Description = "What is computed in: float32, bfloat16 (over float32 weights), or auto: bfloat16 where this machine is faster in it.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _memory = new("--memory") { Description = "normal, less (activations are computed twice in place of being kept: the same weights), or least (each layer's gradients are applied as they come, clipped by the norms of earlier steps, and AdamW's moments are held in 8 bits: other weights, about as good).", DefaultValueFactory = _ => "normal" };

    public MemoryChoice(Command command)
    {
        _precision.AcceptOnlyFromAmong("auto", "float32", "bfloat16");
        _memory.AcceptOnlyFromAmong("normal", "less", "least");
        command.Add(_precision);
        command.Add(_memory);
    }

    /// <summary>What was chosen, as a change of stages.</summary>
    public Func<TrainingStage, TrainingStage> Read(ParseResult result)
    {
        var precision = Enum.Parse<TrainingPrecision>(result.GetValue(_precision)!, ignoreCase: true);
        string memory = result.GetValue(_memory)!;
        return stage => stage with
        {
            Precision = precision,
            ActivationCheckpointing = memory != "normal",
            GradientRelease = memory == "least",
            Moments = memory == "least" ? MomentPrecision.Int8 : MomentPrecision.Float32,
        };
    }
}
