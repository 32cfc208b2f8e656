using System.Diagnostics.CodeAnalysis;

namespace VlmMlNet.Training;

/// <summary>How AdamW keeps its two moments, which are as many numbers as there are trained weights, each.</summary>
public enum MomentPrecision
{
    /// <summary>4 bytes a number.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The format's name in this field.")]
    Float32,

    /// <summary>2 bytes a number, rounded up or down by chance, so that changes smaller than a step of the format are not lost.</summary>
    BFloat16,

    /// <summary>1 byte a number and a scale for 256 of them: the block-wise dynamic code of Dettmers et al., 8-bit Optimizers via
    /// Block-wise Quantization (2022). Vectors, and matrices of fewer than 4,096 numbers, stay in float32, as there.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The format's name in this field.")]
    Int8,
}
