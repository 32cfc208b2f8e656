using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Imaging;

namespace VlmMlNet.Components.Stages;

/// <summary>The columns that a stage learns from.</summary>
/// <param name="Picture">The column of pictures, or of what frozen parts have made of them.</param>
/// <param name="Form">Which of these it is.</param>
/// <param name="Text">The column of conversations or captions.</param>
/// <param name="AreCaptions">Whether the texts are captions, each an example of its own, instead of the turns of a conversation.</param>
/// <param name="Prompt">The column of what captions answer; null for the same in all rows.</param>
internal sealed record StageColumns(string Picture, PictureForm Form, string Text, bool AreCaptions, string? Prompt = null)
{
    /// <summary>How errors call <see cref="Picture"/>.</summary>
    public string PictureRole => Form == PictureForm.Pixels ? "image" : "input";

    /// <summary>How errors call <see cref="Text"/>.</summary>
    public string TextRole => AreCaptions ? "captions" : "conversation";

    public ColumnKind PictureKind => Form == PictureForm.Pixels ? ColumnKind.Picture : ColumnKind.FloatVector;

    /// <summary>The column of captions, which rows without a conversation are learned by; null where there is none.</summary>
    public string? Captions { get; init; }

    public ColumnKind TextKind => AreCaptions ? ColumnKind.TextOrTexts : ColumnKind.Texts;

    /// <summary>Finds them by the options' names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is absent or of another type.</exception>
    public static StageColumns Of(IHost host, SchemaShape schema, TrainingStageOptions options)
    {
        host.CheckValue(schema, nameof(schema));
        bool hasCaptions = schema.TryFindColumn(options.CaptionsColumnName, out _);
        bool areTurns = options.ConversationColumnName is { } name && (schema.TryFindColumn(name, out _) || !hasCaptions);
        var columns = new StageColumns(
            options.PatchesColumnName ?? options.ImageColumnName,
            options.PatchesColumnName is null ? PictureForm.Pixels : PictureForm.Patches,
            areTurns ? options.ConversationColumnName! : options.CaptionsColumnName, !areTurns);
        if (areTurns && hasCaptions)
        {
            ColumnKind.TextOrTexts.Check(host, schema, "captions", options.CaptionsColumnName);
            columns = columns with { Captions = options.CaptionsColumnName };
        }
        columns.PictureKind.Check(host, schema, columns.PictureRole, columns.Picture);
        columns.TextKind.Check(host, schema, columns.TextRole, columns.Text);
        return columns;
    }
}
