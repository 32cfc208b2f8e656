namespace VlmMlNet;

#pragma warning disable CA1720 // these names are of types, and are what users call them

/// <summary>How a model's weights are held while it generates. Each token reads all of them once, so on a CPU the
/// speed of generation follows their size. But for <see cref="Float32"/>, keys and values of a text that is generated are kept
/// in bfloat16.</summary>
public enum WeightPrecision
{
    /// <summary>32 bits: the trained weights as they are.</summary>
    Float32,

    /// <summary>16 bits with the range of 32, held in 12 without loss where weights are for generating only. Activations stay in
    /// 32 bits.</summary>
    BFloat16,

    /// <summary>8 bits with a scale per output channel; activations in 8 bits with a scale per 64 of a token. Image encoder and projector likewise.</summary>
    Int8,

    /// <summary>4 bits with a scale per 32 weights, activations in 8 bits; embeddings, output layer, image encoder and projector as in <see cref="Int8"/>.</summary>
    Int4,
}
