using Microsoft.ML;

namespace VlmMlNet.Data.Formats.Slake;

/// <summary>SLAKE's JSON.</summary>
internal sealed class SlakeFormat() : FormatDescriptor(DataFormat.Slake)
{
    public override string Description => "SLAKE";

    public override string Listing => Description;

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadSlake);

    public override string Schema => "slake";

    public override bool HasLanguages => true;

    public override bool Recognizes(FileHead head) => head is RowHead row && row.IsOf("img_name", "question");

    public override IDataView Open(FormatRequest request) =>
        request.Catalog.LoadSlake(request.Path, request.For(new SlakeOptions { ImageFolder = request.ImageFolder, Language = request.Options.Language }));
}
