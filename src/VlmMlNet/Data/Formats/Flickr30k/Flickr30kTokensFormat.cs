using Microsoft.ML;

namespace VlmMlNet.Data.Formats.Flickr30k;

/// <summary>Flickr30k's <c>.token</c>.</summary>
internal sealed class Flickr30kTokensFormat() : FormatDescriptor(DataFormat.Flickr30kTokens)
{
    public override string Description => "Flickr30k's .token file";

    public override string Listing => "Flickr30k's .token";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadFlickr30kTokens);

    public override bool IsRowByRow => false;

    // A line has a name, #, a number, a tab and a caption.
    public override bool Recognizes(FileHead head)
    {
        if (head is not TextHead { Line: var line })
            return false;
        int tab = line.IndexOf('\t', StringComparison.Ordinal);
        int mark = tab < 0 ? -1 : line.LastIndexOf('#', tab);
        return mark > 0 && tab > mark + 1 && line.AsSpan(mark + 1, tab - mark - 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    public override IDataView Open(FormatRequest request) => request.Catalog.LoadFlickr30kTokens(request.Path, request.For(new Flickr30kOptions { ImageFolder = request.ImageFolder }));
}
