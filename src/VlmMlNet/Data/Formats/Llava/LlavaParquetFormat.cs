using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>LLaVA's conversations as parquet.</summary>
internal sealed class LlavaParquetFormat() : LlavaFormat(DataFormat.LlavaParquet)
{
    public override bool Recognizes(FileHead head) =>
        head is ParquetHead parquet && (parquet.Is(RowKind.Conversations) ?? parquet.Has(ColumnNames.Conversation, ParquetConversation.CanBe));
}
