using Microsoft.ML;

namespace VlmMlNet.Data.Formats.VqaRad;

/// <summary>VQA-RAD's JSON.</summary>
internal sealed class VqaRadFormat() : FormatDescriptor(DataFormat.VqaRad)
{
    public override string Description => "VQA-RAD";

    public override string Listing => Description;

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadVqaRad);

    public override string Schema => "vqa-rad";

    public override bool HasSplits => true;

    public override bool CanChoose(DataSplit split) => split != DataSplit.Validation;

    public override bool Recognizes(FileHead head) => head is RowHead row && row.IsOf("image_name", "question");

    public override IDataView Open(FormatRequest request) =>
        request.Catalog.LoadVqaRad(request.Path, request.For(new VqaRadOptions { ImageFolder = request.ImageFolder, Split = request.Options.Split }));
}
