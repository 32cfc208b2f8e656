using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Components.Stages;

/// <summary>The columns that a stage learns from.</summary>
/// <param name="Image">The column of pictures.</param>
/// <param name="Text">The column of conversations or captions.</param>
/// <param name="AreCaptions">Whether the texts are captions, each an example of its own, instead of the turns of a conversation.</param>
internal sealed record StageColumns(string Image, string Text, bool AreCaptions)
{
    /// <summary>Finds them by the options' names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is absent or of another type.</exception>
    public static StageColumns Of(IHost host, SchemaShape schema, TrainingStageOptions options)
    {
        host.CheckValue(schema, nameof(schema));
        ColumnKind.Picture.Check(host, schema, "image", options.ImageColumnName);
        bool hasCaptions = schema.TryFindColumn(options.CaptionsColumnName, out _);
        if (options.ConversationColumnName is { } conversation && (schema.TryFindColumn(conversation, out _) || !hasCaptions))
        {
            ColumnKind.Texts.Check(host, schema, "conversation", conversation);
            return new StageColumns(options.ImageColumnName, conversation, AreCaptions: false);
        }
        ColumnKind.TextOrTexts.Check(host, schema, "captions", options.CaptionsColumnName);
        return new StageColumns(options.ImageColumnName, options.CaptionsColumnName, AreCaptions: true);
    }
}
