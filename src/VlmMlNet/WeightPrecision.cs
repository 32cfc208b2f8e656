namespace VlmMlNet;

#pragma warning disable CA1720 // these names are of types, and are what users call them

/// <summary>How a language model's weights are held while it generates. Each token reads all of them once, so on a CPU the
/// speed of generation follows their size.</summary>
public enum WeightPrecision
{
    /// <summary>32 bits: the trained weights as they are.</summary>
    Float32,

    /// <summary>16 bits with the range of 32. Activations stay in 32 bits.</summary>
    BFloat16,

    /// <summary>8 bits with a scale per output channel; activations in 12 bits or more with a scale per token.</summary>
    Int8,

    /// <summary>4 bits with a scale per 32 weights, activations in 8 bits; embeddings and output layer in 8 bits.</summary>
    Int4,
}
