using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;

namespace VlmMlNet.Tests.Data.Herbarium;

/// <summary>A format that the library does not have: pressed plants, as an author adds one. What an enum member would be is a number here.</summary>
internal sealed class HerbariumFormat() : FormatDescriptor((DataFormat)1000)
{
    public override string Name => "Herbarium";

    public override string Description => "a herbarium's sheets";

    public override string Reader => nameof(HerbariumCatalog.LoadHerbarium);

    public override bool HasSplits => true;

    public override bool Recognizes(FileHead head) => head is RowHead row && row.IsOf("herbarium_sheet", "herbarium_note");

    public override IDataView Open(FormatRequest request) =>
        request.Catalog.LoadHerbarium(request.Path, request.For(new DataLoadOptions { ImageFolder = request.ImageFolder, Split = request.Split }));
}
