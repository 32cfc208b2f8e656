using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Parts;

/// <summary>What reduced parts refuse.</summary>
internal static class ReducedPart
{
    /// <summary>Whether a precision asks for weights in bytes. Image encoder and projector are in bytes beside a language model in int8 or
    /// int4, and in floats beside the others.</summary>
    public static bool IsBytes(WeightPrecision? precision) => precision is WeightPrecision.Int8 or WeightPrecision.Int4;

    /// <summary>That such a part has no module: the one error of all that needs more than running it.</summary>
    /// <param name="name">Of the part.</param>
    /// <param name="precision">How it is held.</param>
    /// <param name="use">What it still does.</param>
    public static InvalidOperationException NoModule(string name, WeightPrecision precision, string use) =>
        new($"The {name} is held in {PackedFile.Name(precision)}, for {use} only. Load the original model to train it, to export it, to score answers, or to hold it in another precision.");

    /// <summary>Checks that nobody asks for floats of an encoder or projector that is held in bytes.</summary>
    /// <exception cref="InvalidOperationException">Somebody does.</exception>
    public static void CheckIsBytes(WeightPrecision? precision)
    {
        if (precision is { } floats && !IsBytes(floats))
            throw new InvalidOperationException($"Image encoder and projector are held in int8: they cannot be had in {PackedFile.Name(floats)}. Use the model that they were made of.");
    }
}
