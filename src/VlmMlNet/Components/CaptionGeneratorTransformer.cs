using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components;
using VlmMlNet.Components.Batching;
using VlmMlNet.Generation;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

[assembly: LoadableClass(typeof(CaptionGeneratorTransformer), null, typeof(SignatureLoadModel), "Vision-language caption generator", CaptionGeneratorTransformer.LoaderSignature)]

namespace VlmMlNet.Components;

/// <summary>Adds the caption of a picture, or the answer to a prompt about it: Text, generated greedily under the hybrid
/// mask. Saved with the language model's weights and its tokenizer.</summary>
public sealed class CaptionGeneratorTransformer : VisionLanguageTransformer
{
    internal const string LoaderSignature = "VlmCaptionGenerator";
    private readonly Settings _settings;
    private readonly ConversationModel _model;

    /// <param name="environment">Its host.</param>
    /// <param name="settings">What is saved beside the weights.</param>
    /// <param name="model">A share, which the transformer gives up when it is disposed.</param>
    internal CaptionGeneratorTransformer(IHostEnvironment environment, Settings settings, ConversationModel model) : base(environment)
    {
        (_settings, _model) = (settings, model);
    }

    internal sealed record Settings(string Output, string Input, string? PromptColumn, string Prompt, int MaxTokens, int BatchSize, SavedLanguageModel Language, int? MaxThreads = null)
    {
        public ColumnKind Kind => ColumnKind.Matrix(Language.ImageTokens, Language.Language.HiddenSize);
    }

    private static VersionInfo Version => SavedComponent.Version("VLMCAPGN", LoaderSignature);

    private protected override void SaveModel(ModelSaveContext context)
    {
        SavedComponent.SaveSettings(context, Version, _settings);
        SavedLanguageModel.Save(context, _model);
    }

    // Found by ML.NET through the attribute above.
    private static CaptionGeneratorTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        var settings = SavedComponent.LoadSettings<Settings>(environment, context, Version);
        return new CaptionGeneratorTransformer(environment, settings, settings.Language.Load(environment, context));
    }

    private protected override void Release() => _model.Release();

    private protected override BatchMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema,
        _settings.Kind.Find(Host, inputSchema, "input", _settings.Input),
        _settings.PromptColumn is { } prompt ? ColumnKind.Text.Find(Host, inputSchema, "prompt", prompt) : null);

    private sealed class Mapping(CaptionGeneratorTransformer owner, DataViewSchema schema, DataViewSchema.Column input, DataViewSchema.Column? prompt)
        : BatchMapping(owner.Host, schema, owner._settings.BatchSize, (owner._settings.Output, TextDataViewType.Instance))
    {
        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => prompt is { } column ? [input, column] : [input];

        public override RowBatch CreateBatch(DataViewRow row, Func<int, bool> isNeeded) => new Batch(owner, row, input, prompt);
    }

    private sealed class Batch(CaptionGeneratorTransformer owner, DataViewRow input, DataViewSchema.Column tokensColumn, DataViewSchema.Column? promptColumn) : RowBatch(1)
    {
        private readonly FloatRows _tokens = new(input, tokensColumn);
        private readonly ValueGetter<ReadOnlyMemory<char>>? _getPrompt = promptColumn is { } column ? input.GetGetter<ReadOnlyMemory<char>>(column) : null;
        private readonly List<string> _prompts = [];
        private IReadOnlyList<string> _captions = [];

        protected override void ClearRows()
        {
            _tokens.Clear();
            _prompts.Clear();
        }

        protected override void AddRow(long row)
        {
            _tokens.Add(row);
            if (_tokens.IsMissing(_tokens.Count - 1))
                throw new MalformedInputException($"column '{owner._settings.Input}'", "the row has no picture", "Filter such rows out.", row);
            ReadOnlyMemory<char> text = default;
            _getPrompt?.Invoke(ref text);
            string prompt = text.Span.IsWhiteSpace() ? owner._settings.Prompt : text.ToString();
            int pictures = ConversationReader.CountPlaceholders(prompt);
            if (pictures > 1)
                throw new MalformedInputException($"column '{owner._settings.PromptColumn}'", $"the prompt has {pictures} {ImageToken.Text} placeholders for the row's one picture", "Leave at most one.", row);
            _prompts.Add(prompt);
        }

        protected override void Compute(int column)
        {
            owner.CheckNotDisposed();
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            var tokens = _tokens.ToTensor(Enumerable.Range(0, Count).ToList(), owner._settings.Language.Language.HiddenSize);
            var options = new GenerationOptions { MaxTokens = owner._settings.MaxTokens, BatchSize = owner._settings.BatchSize, MaxThreads = owner._settings.MaxThreads };
            _captions = AnswerGenerator.Answer(owner._model, tokens, _prompts, options, CancellationToken.None);
        }

        public override Delegate CreateGetter(int column, Func<int> current)
        {
            void Get(ref ReadOnlyMemory<char> value)
            {
                int row = current();
                value = _captions[row].AsMemory();
            }
            return (ValueGetter<ReadOnlyMemory<char>>)Get;
        }
    }
}
