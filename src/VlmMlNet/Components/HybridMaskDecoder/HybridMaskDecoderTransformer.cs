using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Components.Saving;
using VlmMlNet.Models;
using VlmMlNet.Parts;
using VlmMlNet.Training;

[assembly: LoadableClass(typeof(HybridMaskDecoderTransformer), null, typeof(SignatureLoadModel), "Vision-language hybrid-mask decoder", HybridMaskDecoderTransformer.LoaderSignature)]

namespace VlmMlNet.Components.HybridMaskDecoder;

/// <summary>Scores a row's answers: their log-likelihood given the picture and the text before them (Single, in nats, summed
/// over tokens), and the number of tokens that were scored (Int32). Divided by it, with the sign changed, the first is the
/// validation loss. A row without answers has 0 and 0. Saved with the language model's weights and its tokenizer.</summary>
public sealed class HybridMaskDecoderTransformer : VisionLanguageTransformer
{
    internal const string LoaderSignature = "VlmHybridMaskDecoder";
    private readonly Settings _settings;
    private readonly ConversationModel _model;

    /// <param name="environment">Its host.</param>
    /// <param name="settings">What is saved beside the weights.</param>
    /// <param name="model">A share, which the transformer gives up when it is disposed.</param>
    internal HybridMaskDecoderTransformer(IHostEnvironment environment, Settings settings, ConversationModel model) : base(environment)
    {
        (_settings, _model) = (settings, model);
    }

    internal sealed record Settings(string Output, string Input, string Text, bool SeparateAnswers, string? PromptColumn, string Prompt, int BatchSize, int MaxLength,
        AttentionMaskKind Mask, SavedLanguageModel Language)
    {
        public ColumnKind Kind => ColumnKind.Matrix(Language.ImageTokens, Language.Language.HiddenSize);
    }

    /// <summary>The whole model and the history of the stage that Fit ran; null where nothing was trained, and after loading.
    /// The model is disposed with this transformer.</summary>
    public TrainedModel? Trained { get; internal init; }

    private static VersionInfo Version => SavedComponent.Version("VLMHYMDC", LoaderSignature);

    private protected override void SaveModel(ModelSaveContext context)
    {
        SavedComponent.SaveSettings(context, Version, _settings);
        SavedLanguageModel.Save(context, _model);
    }

    // Found by ML.NET through the attribute above.
    private static HybridMaskDecoderTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        var settings = SavedComponent.LoadSettings<Settings>(environment, context, Version);
        return SavedComponent.Checked(context, () => new HybridMaskDecoderTransformer(environment, settings, settings.Language.Load(environment, context)));
    }

    private protected override void Release()
    {
        _model.Release();
        Trained?.Model.Dispose();
    }

    private protected override BatchMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema,
        _settings.Kind.Find(Host, inputSchema, "input", _settings.Input),
        ColumnKind.TextOrTexts.Find(Host, inputSchema, "text", _settings.Text),
        _settings.PromptColumn is { } prompt ? ColumnKind.Text.Find(Host, inputSchema, "prompt", prompt) : null,
        _settings.SeparateAnswers ? null : ConversationReader.FindSystem(inputSchema));

    private sealed class Mapping(HybridMaskDecoderTransformer owner, DataViewSchema schema, DataViewSchema.Column tokens, DataViewSchema.Column text, DataViewSchema.Column? prompt, DataViewSchema.Column? system)
        : BatchMapping(owner.Host, schema, owner._settings.BatchSize,
            (owner._settings.Output, NumberDataViewType.Single), (owner._settings.Output + HybridMaskDecoderEstimator.TokenCountSuffix, NumberDataViewType.Int32))
    {
        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => [tokens, text, .. new[] { prompt, system }.OfType<DataViewSchema.Column>()];

        public override RowBatch CreateBatch(DataViewRow row, Func<int, bool> isNeeded)
        {
            var settings = owner._settings;
            var reader = new ConversationReader(row, text, settings.SeparateAnswers, prompt, settings.Prompt, system);
            return new Batch(owner, new FloatRows(row, tokens), reader);
        }
    }

    private sealed class Batch(HybridMaskDecoderTransformer owner, FloatRows tokens, ConversationReader conversations) : RowBatch(2)
    {
        private readonly List<ScoredAnswer> _answers = [];
        private double[] _logLikelihoods = [];

        protected override void ClearRows()
        {
            tokens.Clear();
            _answers.Clear();
        }

        protected override void AddRow(long row)
        {
            int index = tokens.Count;
            tokens.Add(row);
            foreach (var messages in conversations.Read(row, hasPicture: !tokens.IsMissing(index)))
                _answers.Add(ScoredAnswer.Encode(owner._model, index, messages, owner._settings.MaxLength));
        }

        protected override void Compute(int column)
        {
            if (column != 0)
                return; // counted when it was encoded
            owner.CheckNotDisposed();
            _logLikelihoods = new double[Count];
            var scored = _answers.Where(a => a.TokenCount > 0).ToList();
            owner._model.Language.Run(() =>
            {
                foreach (var chunk in scored.Chunk(owner._settings.BatchSize))
                    ScoredAnswer.Score(owner._model, chunk, tokens, owner._settings.Mask, _logLikelihoods);
                return true;
            });
        }

        public override Delegate CreateGetter(int column, Func<int> current)
        {
            void GetLogLikelihood(ref float value)
            {
                int row = current();
                value = (float)_logLikelihoods[row];
            }
            void GetTokenCount(ref int value)
            {
                int row = current();
                value = _answers.Where(a => a.Row == row).Sum(a => a.TokenCount);
            }
            return column == 0 ? (ValueGetter<float>)GetLogLikelihood : (ValueGetter<int>)GetTokenCount;
        }
    }
}
