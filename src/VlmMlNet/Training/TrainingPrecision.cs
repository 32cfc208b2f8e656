using System.Diagnostics.CodeAnalysis;

namespace VlmMlNet.Training;

/// <summary>In what numbers a stage computes. What it trains is float32 always: the weights that a step changes, their gradients,
/// norms, softmax, losses and sums.</summary>
public enum TrainingPrecision
{
    /// <summary>bfloat16 where the model's weights are stored in it, or where its products, of the model's own size, are measured to
    /// be at least 1.3 times as fast as those of float32; else float32. A run that is continued keeps what it began with.</summary>
    Auto,

    /// <summary>All in float32.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The format's name in this field.")]
    Float32,

    /// <summary>Linear layers and attention in bfloat16, as PyTorch's autocast has it; frozen weights are held so once.</summary>
    BFloat16,
}
