using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Models;
using VlmMlNet.Runtime;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Components;

/// <summary>A language model in a saved ML.NET model: shape and system prompt among the settings of its component, then the
/// tokenizer and the weights.</summary>
internal sealed record SavedLanguageModel(Qwen2Config Language, ScalarType WeightType, string? SystemPrompt, int ImageTokens)
{
    private const string TokenizerEntry = "tokenizer.json";

    public static SavedLanguageModel Describe(ConversationModel model) =>
        new(model.Decoder.Language.Config, ModuleType.Of(model.Decoder.Language), model.ChatTemplate.DefaultSystemPrompt, model.ImageTokenCount);

    public static void Save(ModelSaveContext context, ConversationModel model)
    {
        ModelEntry.Write(context, TokenizerEntry, stream => stream.Write(model.Tokenizer.ToJson().Span));
        SavedComponent.SaveWeights(context, model.Language.Module);
    }

    public ConversationModel Load(IHostEnvironment environment, ModelLoadContext context)
    {
        using var json = new MemoryStream();
        ModelEntry.Read(context, TokenizerEntry, stream => stream.CopyTo(json));
        var tokenizer = VlmTokenizer.FromJson(json.GetBuffer().AsMemory(0, (int)json.Length), ModelEntry.DisplayName(context, TokenizerEntry));
        var language = SavedComponent.LoadWeights(environment, context, device => new Qwen2ForCausalLM(Language, WeightType, device));
        return new ConversationModel(new SharedModule<Qwen2ForCausalLM>(language), tokenizer, new ChatTemplate(tokenizer, SystemPrompt), ImageTokens);
    }
}
