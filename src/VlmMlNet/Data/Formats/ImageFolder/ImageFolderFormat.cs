using Microsoft.ML;

namespace VlmMlNet.Data.Formats.ImageFolder;

/// <summary>A folder of pictures.</summary>
internal sealed class ImageFolderFormat() : FormatDescriptor(DataFormat.ImageFolder)
{
    public override string Description => "a folder of pictures";

    public override string Listing => "folders of pictures, with or without texts beside them";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadImageFolder);

    public override bool IsRowByRow => false;

    public override bool Recognizes(FileHead head) => head is FolderHead;

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadImageFolder(request.Path, request.For(new ImageFolderOptions()));
}
