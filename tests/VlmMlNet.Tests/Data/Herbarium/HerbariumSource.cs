using System.Text.Json;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data.Herbarium;

/// <summary>Rows of <c>{"herbarium_sheet": "a.png", "herbarium_note": "...", "cabinet": "train"}</c>.</summary>
internal sealed class HerbariumSource(string path, DataLoadOptions options) : JsonRowSource<CaptionRow>(path, options)
{
    private readonly ImagePaths _images = new(path, options.ImageFolder, options);

    public override IReadOnlyList<RowColumn<CaptionRow>> Columns => CaptionRow.PathColumns;

    protected override (string Problem, string Remedy) NotThisFormat => ("these are no sheets of a herbarium", "A sheet has a 'herbarium_sheet' and a 'herbarium_note'.");

    protected override CaptionRow? Parse(ref Utf8JsonReader reader)
    {
        string? sheet = null, note = null, cabinet = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = JsonFields.PropertyName(ref reader);
            reader.Read();
            if (name == "herbarium_sheet")
                sheet = JsonFields.Text(ref reader, name);
            else if (name == "herbarium_note")
                note = JsonFields.Text(ref reader, name);
            else if (name == "cabinet")
                cabinet = JsonFields.Text(ref reader, name);
            else
                reader.Skip();
        }
        if (options.Split != DataSplit.All && RowSplit.Of(cabinet ?? throw JsonFields.Missing("cabinet")) != options.Split)
            return null;
        return new CaptionRow(sheet ?? throw JsonFields.Missing("herbarium_sheet"), _images.Resolve(sheet), [note ?? throw JsonFields.Missing("herbarium_note")]);
    }
}
