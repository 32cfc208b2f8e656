namespace VlmMlNet.Data.Mixtures;

/// <summary>A mixture of data sets, as a file says it: see <see cref="VisionLanguageDataCatalog.LoadRecipe(string)"/>.</summary>
public sealed record DataRecipe
{
    /// <summary>The data sets.</summary>
    public required IReadOnlyList<RecipeDataset> Datasets { get; init; }

    /// <summary>Decides which rows <see cref="SamplingStrategy.Random"/> takes. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Reads a recipe file, YAML or JSON. Its data sets are not opened.</summary>
    /// <param name="path">The file; relative paths in it start from its folder.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is no recipe.</exception>
    public static DataRecipe Load(string path) => RecipeReader.Read(path);
}
