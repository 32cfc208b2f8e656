using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>Conversations as parquet: <c>id</c>, <c>image</c> or a list <c>images</c>, and one of the columns that
/// <see cref="ParquetConversation"/> reads.</summary>
internal sealed class LlavaParquetSource : ParquetRowSource<LlavaRow>
{
    private static readonly string[] s_idColumns = ["id"], s_systemColumns = ["system", "system_prompt"];

    private readonly LlavaOptions _options;
    private readonly ImagePaths _paths;
    private bool _holdsPaths;

    public LlavaParquetSource(string path, LlavaOptions options)
        : base(path, options)
    {
        _options = options;
        _paths = new ImagePaths(path, options.ImageFolder, options);
        CheckColumns();
        if (options.MaxImages != 1 && !_holdsPaths)
            throw new ArgumentException("Parquet files that embed pictures are read with one image in a row: MaxImages is 1.", nameof(options));
    }

    public override IReadOnlyList<RowColumn<LlavaRow>> Columns => !_holdsPaths ? LlavaRow.ByteColumns : _options.MaxImages == 1 ? LlavaRow.PathColumns : LlavaRow.PathsColumns;

    protected override Func<long, LlavaRow> Open(ParquetFile file, Func<string, bool> active)
    {
        var turns = new ParquetConversation(file, file.Require(_options.ConversationColumn, _options.OptionName("Conversation"), ColumnNames.Conversation, Path), Path);
        ParquetNode? node = file.Find(_options.ImageColumn, _options.OptionName("Image"), ["image", "images"], Path);
        ParquetPictures? pictures = node is null ? null : new ParquetPictures(file, node, _paths, active, Path);
        _holdsPaths = pictures is { HoldsPaths: true };
        ParquetTexts? id = file.FindPlain(_options.IdColumn, _options.OptionName("Id"), s_idColumns, Path);
        ParquetTexts? system = file.FindPlain(null, "", s_systemColumns, Path);
        var foreign = new ParquetForeignColumns(file, _paths, node, _options.ImageColumn is null ? _options.OptionName("Image") : null, Path);
        return _ =>
        {
            foreign.Check();
            List<ParquetPicture> found = pictures?.Current() ?? [];
            if (found.Count > _options.MaxImages)
                throw new RowProblemException($"the row has {found.Count} images in column '{node!.Name}', and {(_options.MaxImages == 1 ? "one is" : $"{_options.MaxImages} are")} read", "Leave such rows out, by skipping bad rows or in the file.");
            LlavaConversation conversation = turns.Current(found.Count);
            conversation.SetSystem(system?.Single ?? "");
            ParquetPicture first = found.FirstOrDefault();
            return new LlavaRow(id?.Id ?? "", [.. found.Select(picture => picture.Path)], conversation.Turns) { Bytes = first.Bytes, File = first.File, System = conversation.System };
        };
    }
}
