namespace VlmMlNet.Cli.Commands;

/// <summary>Loads a saved model, with an adapter where the user names one.</summary>
internal static class AdaptedModels
{
    /// <param name="vlm">Where it is loaded.</param>
    /// <param name="folder">The model.</param>
    /// <param name="adapter">The adapter's folder; null for none.</param>
    /// <param name="precision">For generating; null as it was saved.</param>
    public static VisionLanguageModel Load(VisionLanguageCatalog vlm, string folder, string? adapter, WeightPrecision? precision = null)
    {
        if (adapter is null)
            return vlm.LoadModel(folder, precision);
        using var original = vlm.LoadModel(folder); // adapters are added to whole weights
        var adapted = vlm.ApplyAdapter(original, adapter);
        if (precision is not { } wanted)
            return adapted;
        using (adapted)
            return adapted.WithPrecision(wanted);
    }
}
