using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Parts;
using VlmMlNet.Runtime;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Saving;

/// <summary>A language model in a saved ML.NET model: shape and system prompt among the settings of its component, then the
/// tokenizer and the weights.</summary>
/// <param name="Language">The shape.</param>
/// <param name="WeightType">Type of the module's weights.</param>
/// <param name="SystemPrompt">See <see cref="VisionLanguageModel.SystemPrompt"/>.</param>
/// <param name="ImageTokens">Tokens of a picture.</param>
/// <param name="Precision">Of reduced weights; null where the module's are saved.</param>
internal sealed record SavedLanguageModel(Qwen2Config Language, ScalarType WeightType, string? SystemPrompt, int ImageTokens, WeightPrecision? Precision = null)
{
    private const string TokenizerEntry = "tokenizer.json";

    public static SavedLanguageModel Describe(ConversationModel model) =>
        new(model.Language.Config, model.Language.WeightType, model.ChatTemplate.DefaultSystemPrompt, model.ImageTokenCount, model.Language.ReducedPrecision);

    public static void Save(ModelSaveContext context, ConversationModel model)
    {
        ModelEntry.Write(context, TokenizerEntry, stream => stream.Write(model.Tokenizer.ToJson().Span));
        model.Language.Save(new EntryWeightTarget(context));
    }

    public ConversationModel Load(IHostEnvironment environment, ModelLoadContext context)
    {
        using var json = new MemoryStream();
        ModelEntry.Read(context, TokenizerEntry, stream => stream.CopyTo(json));
        var tokenizer = VlmTokenizer.FromJson(json.GetBuffer().AsMemory(0, (int)json.Length), ModelEntry.DisplayName(context, TokenizerEntry));
        var source = new EntryWeightSource(environment, context);
        var language = Precision is { } precision ? LanguageModelPart.LoadReduced(source, Language, precision) : LanguageModelPart.Load(source, Language, WeightType);
        return new ConversationModel(language, tokenizer, new ChatTemplate(tokenizer, SystemPrompt), ImageTokens);
    }
}
