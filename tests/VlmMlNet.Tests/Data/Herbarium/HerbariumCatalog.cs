using Microsoft.ML;
using VlmMlNet.Data;

namespace VlmMlNet.Tests.Data.Herbarium;

/// <summary>The method that the catalog would have.</summary>
internal static class HerbariumCatalog
{
    public static IDataView LoadHerbarium(this VisionLanguageDataCatalog catalog, string path, DataLoadOptions? options = null) =>
        catalog.View(path, options ??= new DataLoadOptions(), file => new HerbariumSource(file, options), nameof(LoadHerbarium));
}
