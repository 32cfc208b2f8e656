using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>LLaVA's conversations as parquet: <c>id</c>, <c>image</c> struct&lt;bytes, path&gt;, <c>conversations</c>
/// list&lt;struct&lt;from, value&gt;&gt;.</summary>
internal sealed class LlavaParquetSource : ParquetRowSource<LlavaRow>
{
    public LlavaParquetSource(string path, LlavaOptions options)
        : base(path, options)
    {
        if (options.MaxImages != 1)
            throw new ArgumentException("Parquet files are read with one image in a row: MaxImages is 1.", nameof(options));
        CheckColumns();
    }

    public override IReadOnlyList<RowColumn<LlavaRow>> Columns => LlavaRow.ByteColumns;

    protected override Func<long, LlavaRow> Open(ParquetFile file, Func<string, bool> active)
    {
        ParquetNode turns = file.Require("conversations", Path);
        if (turns.ListElement() is not { } turn || turn["from"] is not { IsLeaf: true } from || turn["value"] is not { IsLeaf: true } value)
            throw new MalformedInputException(Path, "its column 'conversations' holds no conversations", "A list of 'from' and 'value' is expected.");
        var froms = new ParquetTexts(file, from, Path);
        var values = new ParquetTexts(file, value, Path);
        ParquetImage? image = file.Root["image"] is { } node ? new ParquetImage(file, node, active(VisionLanguageColumns.Image), Path) : null;
        ParquetTexts? id = file.FirstPlain("id") is { } plain ? new ParquetTexts(file, plain, Path) : null;
        return _ =>
        {
            string[] speakers = froms.All, texts = values.All;
            var conversation = new LlavaConversation();
            if (speakers.Length != texts.Length)
                throw new RowProblemException($"the conversation has {speakers.Length} speakers and {texts.Length} texts");
            for (int i = 0; i < texts.Length; i++)
                conversation.Add(speakers[i], texts[i]);
            bool hasImage = image is { IsPresent: true };
            conversation.Check(hasImage ? 1 : 0);
            return new LlavaRow(id?.Single ?? "", hasImage ? [image!.Path] : [], conversation.Turns) { Bytes = image?.Bytes ?? default };
        };
    }
}
