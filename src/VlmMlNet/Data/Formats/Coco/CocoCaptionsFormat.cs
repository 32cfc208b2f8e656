using Microsoft.ML;

namespace VlmMlNet.Data.Formats.Coco;

/// <summary>COCO's captions.</summary>
internal sealed class CocoCaptionsFormat() : FormatDescriptor(DataFormat.CocoCaptions)
{
    public override string Description => "COCO's captions";

    public override string Listing => "COCO captions";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadCocoCaptions);

    public override string Schema => "coco-captions";

    public override bool IsRowByRow => false;

    public override bool Recognizes(FileHead head) => head switch
    {
        PropertyHead { Name: "images" } images => !images.FirstElement.Contains("sentences"), // as Karpathy's have
        PropertyHead { Name: "annotations" } annotations => !annotations.FirstElement.Contains("answers"), // as VQAv2's have
        _ => false,
    };

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadCocoCaptions(request.Path, request.For(new CocoCaptionsOptions { ImageFolder = request.ImageFolder }));
}
