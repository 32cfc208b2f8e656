using VlmMlNet.Data;

namespace VlmMlNet;

public sealed partial class VisionLanguageCatalog
{
    /// <summary>Readers of the field's published data sets, as lazy <see cref="Microsoft.ML.IDataView"/>s.</summary>
    public VisionLanguageDataCatalog Data => field ??= new VisionLanguageDataCatalog(_environment);
}
