using Microsoft.ML;

namespace VlmMlNet.Data.Formats.Karpathy;

/// <summary>Karpathy's splits.</summary>
internal sealed class KarpathyFormat() : FormatDescriptor(DataFormat.Karpathy)
{
    public override string Description => "Karpathy's splits";

    public override string Listing => Description;

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadKarpathy);

    public override string Schema => "karpathy";

    public override bool HasSplits => true;

    public override bool Recognizes(FileHead head) => head is PropertyHead { Name: "images" } images && images.FirstElement.Contains("sentences");

    public override IDataView Open(FormatRequest request) =>
        request.Catalog.LoadKarpathy(request.Path, request.For(new KarpathyOptions { ImageFolder = request.ImageFolder, Split = request.Options.Split }));
}
