using Microsoft.ML;
using VlmMlNet.Data.Formats.ImageFolder;

namespace VlmMlNet.Data.Formats.CaptionFolder;

/// <summary>A folder of pictures with a file of captions beside each.</summary>
internal sealed class CaptionFolderFormat() : FormatDescriptor(DataFormat.CaptionFolder)
{
    public override string Description => "a folder of pictures with captions";

    public override bool Recognizes(FileHead head) => head is FolderHead && CaptionFolderSource.IsIn(head.Path);

    public override IDataView Open(FormatRequest request) => request.Catalog.View(new CaptionFolderSource(request.Path, request.For(new ImageFolderOptions())));
}
