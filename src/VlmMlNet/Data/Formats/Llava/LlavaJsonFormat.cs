namespace VlmMlNet.Data.Formats.Llava;

/// <summary>LLaVA's conversations as JSON or JSONL.</summary>
internal sealed class LlavaJsonFormat() : LlavaFormat(DataFormat.LlavaJson)
{
    public override string Listing => "LLaVA (JSON, JSONL, parquet)";

    public override string Schema => "llava";

    public override bool Recognizes(FileHead head) => head switch
    {
        RowHead row => row.Is(RowKind.Conversations) ?? AreOfConversation(row.Names),
        FirstLineHead line => !line.Columns.AreNamed && AreOfConversation(line.Names),
        PropertyHead property => property.Name == "conversations" && !property.Columns.AreNamed,
        _ => false,
    };

    // The schema knows the usual names alone.
    public override IReadOnlyList<(string File, string Schema)> SchemaFiles(string path, IReadOnlyList<string> files, DataColumns columns) =>
        columns.AreNamed ? [] : base.SchemaFiles(path, files, columns);

    private static bool AreOfConversation(HashSet<string> names) => names.Overlaps(["conversations", "conversation", "messages", "texts"]);
}
