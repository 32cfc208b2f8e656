using Microsoft.ML;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>LLaVA's conversations, of JSON or of parquet.</summary>
internal abstract class LlavaFormat(DataFormat format) : FormatDescriptor(format)
{
    public sealed override string Description => "conversations as LLaVA has them";

    public sealed override string Reader => nameof(VisionLanguageDataCatalog.LoadLlava);

    public sealed override IReadOnlyList<string> NamedColumns => [nameof(DataColumns.Image), nameof(DataColumns.Id), nameof(DataColumns.Conversation)];

    public sealed override IDataView Open(FormatRequest request) => request.Catalog.LoadLlava(request.Path, request.For(new LlavaOptions
    {
        ImageFolder = request.ImageFolder,
        ConversationColumn = request.Columns.Conversation,
        ImageColumn = request.Columns.Image,
        IdColumn = request.Columns.Id,
    }));
}
