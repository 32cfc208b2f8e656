using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.Saving;
using VlmMlNet.Generation;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Parts;
using VlmMlNet.Text;

[assembly: LoadableClass(typeof(CaptionGeneratorTransformer), null, typeof(SignatureLoadModel), "Vision-language caption generator", CaptionGeneratorTransformer.LoaderSignature)]

namespace VlmMlNet.Components.CaptionGenerator;

/// <summary>Adds the caption of a picture, or the answer to a prompt about it: Text, generated under the hybrid mask, many rows at
/// a time. Saved with the language model's weights and its tokenizer.</summary>
public sealed class CaptionGeneratorTransformer : VisionLanguageTransformer
{
    internal const string LoaderSignature = "VlmCaptionGenerator";
    private readonly Settings _settings;
    private readonly ConversationModel _model;
    private readonly int _seed;
    private readonly CancellationToken _cancellationToken;

    /// <param name="environment">Its host.</param>
    /// <param name="settings">What is saved beside the weights.</param>
    /// <param name="model">A share, which the transformer gives up when it is disposed.</param>
    /// <param name="cancellationToken">Ends generating between two tokens.</param>
    internal CaptionGeneratorTransformer(IHostEnvironment environment, Settings settings, ConversationModel model, CancellationToken cancellationToken = default) : base(environment)
    {
        (_settings, _model, _cancellationToken) = (settings, model, cancellationToken);
        _seed = settings.Generation.Seed ?? ((IHostEnvironmentInternal)Host).Seed ?? Random.Shared.Next();
    }

    internal sealed record Settings(string Output, string Input, string? PromptColumn, string Prompt, GenerationOptions Generation, SavedLanguageModel Language, string? LogProbability = null)
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
        return SavedComponent.Checked(context, () =>
        {
            settings.Generation.Check();
            return new CaptionGeneratorTransformer(environment, settings, settings.Language.Load(environment, context));
        });
    }

    private protected override void Release() => _model.Release();

    private (string, DataViewType)[] Added => _settings.LogProbability is { } score
        ? [(_settings.Output, TextDataViewType.Instance), (score, NumberDataViewType.Single)]
        : [(_settings.Output, TextDataViewType.Instance)];

    private protected override BatchMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema,
        _settings.Kind.Find(Host, inputSchema, "input", _settings.Input),
        _settings.PromptColumn is { } prompt ? ColumnKind.Text.Find(Host, inputSchema, "prompt", prompt) : null);

    private void CheckCancelled()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Host.CheckAlive();
    }

    private AnswerScheduler Scheduler() => new(_model, _settings.Generation, _seed);

    private sealed class Mapping(CaptionGeneratorTransformer owner, DataViewSchema schema, DataViewSchema.Column input, DataViewSchema.Column? prompt)
        : BatchMapping(owner.Host, schema, owner._settings.Generation.BatchSize, owner.Added)
    {
        public override bool IsContinuous => true;

        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => prompt is { } column ? [input, column] : [input];

        public override RowBatch CreateBatch(DataViewRow row, Func<int, bool> isNeeded) => new Batch(owner, row, input, prompt);
    }

    /// <summary>Rows that are being captioned: the first is the one that is asked for, the others are read as places become free.</summary>
    private sealed class Batch(CaptionGeneratorTransformer owner, DataViewRow input, DataViewSchema.Column tokensColumn, DataViewSchema.Column? promptColumn) : RowBatch(2)
    {
        private readonly FloatRows _tokens = new(input, tokensColumn);
        private readonly ValueGetter<ReadOnlyMemory<char>>? _getPrompt = promptColumn is { } column ? input.GetGetter<ReadOnlyMemory<char>>(column) : null;
        private readonly Queue<AnswerRequest> _waiting = []; // of the rows, the last ones, on which no work has begun
        private IEnumerator<IReadOnlyList<GeneratedAnswer>>? _answers;
        private GeneratedAnswer? _first;

        protected override void ClearRows()
        {
            _answers?.Dispose();
            while (_waiting.TryDequeue(out var request))
                request.Dispose();
            (_answers, _first) = (null, null);
        }

        protected override void RemoveFirstRow()
        {
            // A row on which work has begun leaves by its answer.
            if (_first is null && Count + 1 == _waiting.Count)
                _waiting.Dequeue().Dispose();
            else if (_first is null)
                Answer();
            _first = null;
        }

        protected override void AddRow(long row)
        {
            _tokens.Clear();
            _tokens.Add(row);
            if (_tokens.IsMissing(0))
                throw new MalformedInputException($"column '{owner._settings.Input}'", "the row has no picture", "Filter such rows out.", row);
            ReadOnlyMemory<char> text = default;
            _getPrompt?.Invoke(ref text);
            string prompt = text.Span.IsWhiteSpace() ? owner._settings.Prompt : text.ToString();
            int pictures = ImagePlaceholder.Count(prompt);
            if (pictures > 1)
                throw new MalformedInputException($"column '{owner._settings.PromptColumn}'", $"the prompt has {pictures} {ImageToken.Text} placeholders for the row's one picture", "Leave at most one.", row);
            var visualTokens = _tokens.ToTensor([0], owner._settings.Language.Language.HiddenSize).DetachFromDisposeScope();
            _waiting.Enqueue(new AnswerRequest(AnswerRequest.Encode(owner._model, prompt), visualTokens, row));
        }

        public override void Ensure(int column)
        {
            if (_first is null)
                Answer();
        }

        protected override void Compute(int column) => Answer();

        private void Answer()
        {
            owner.CheckNotDisposed();
            _answers ??= owner.Scheduler().Run(Requests(), owner.CheckCancelled).GetEnumerator();
            _first = _answers.MoveNext() ? _answers.Current[0] : throw new InvalidOperationException("There is no row to caption.");
        }

        private IEnumerable<AnswerRequest> Requests()
        {
            while (_waiting.Count > 0 || (ReadNext?.Invoke() ?? false))
                yield return _waiting.Dequeue();
        }

        public override Delegate CreateGetter(int column, Func<int> current)
        {
            if (column == 1)
            {
                return (ValueGetter<float>)((ref float value) =>
                {
                    current();
                    value = (float)_first!.LogProbability!.Value;
                });
            }
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) =>
            {
                current();
                value = _first!.Text.AsMemory();
            });
        }
    }
}
