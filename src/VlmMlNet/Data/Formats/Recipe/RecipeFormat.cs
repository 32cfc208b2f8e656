using Microsoft.ML;
using VlmMlNet.Data.Lines;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Recipe;

/// <summary>A mixture of data sets (<see cref="Mixtures.DataRecipe"/>), as YAML or JSON.</summary>
internal sealed class RecipeFormat() : FormatDescriptor(DataFormat.Recipe)
{
    public override string Description => "a recipe of data sets";

    public override string Listing => "recipes";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadRecipe);

    public override string Schema => "recipe";

    public override bool IsRowByRow => false;

    public override bool IsMixture => true;

    public override bool Recognizes(FileHead head) => head is PropertyHead { Name: "datasets" } || (head is TextHead && IsYaml(head.Path));

    public override IReadOnlyList<(string File, string Schema)> SchemaFiles(string path, IReadOnlyList<string> files, DataColumns columns) => [(path, Schema)];

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadRecipe(request.Path, request.Options);

    /// <summary>Whether text is a recipe, by its list of data sets.</summary>
    public static bool IsYaml(string path)
    {
        using var reader = new LineReader(DataFile.OpenSequential(path), path);
        for (int line = 0; line < 100 && reader.TryRead(); line++)
        {
            if (reader.Line.StartsWith("datasets:"u8))
                return true;
        }
        return false;
    }
}
