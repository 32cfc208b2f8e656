using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.ModalityProjector;
using VlmMlNet.Components.Saving;
using VlmMlNet.Models;
using VlmMlNet.Parts;
using static TorchSharp.torch;

[assembly: LoadableClass(typeof(ModalityProjectorTransformer), null, typeof(SignatureLoadModel), "Vision-language modality projector", ModalityProjectorTransformer.LoaderSignature)]

namespace VlmMlNet.Components.ModalityProjector;

/// <summary>Turns patch features into the language model's tokens: Vector&lt;Single, patches, language width&gt;. A missing
/// picture (NaN) stays missing. Saved with the projector's weights.</summary>
public sealed class ModalityProjectorTransformer : VisionLanguageTransformer
{
    internal const string LoaderSignature = "VlmModalityProjector";
    private readonly Settings _settings;
    private readonly ProjectorPart _projector;

    /// <param name="environment">Its host.</param>
    /// <param name="settings">What is saved beside the weights.</param>
    /// <param name="projector">A share, which the transformer gives up when it is disposed.</param>
    internal ModalityProjectorTransformer(IHostEnvironment environment, Settings settings, ProjectorPart projector) : base(environment)
    {
        (_settings, _projector) = (settings, projector);
    }

    internal sealed record Settings(string Output, string Input, int BatchSize, ProjectorConfig Projector, ScalarType WeightType,
        [property: JsonPropertyName("IsPacked")] bool IsReduced = false)
    {
        public ColumnKind Kind => ColumnKind.Matrix(rows: null, Projector.VisionHiddenSize);
    }

    private static VersionInfo Version => SavedComponent.Version("VLMMODPR", LoaderSignature);

    private protected override void SaveModel(ModelSaveContext context)
    {
        SavedComponent.SaveSettings(context, Version, _settings);
        _projector.Save(new EntryWeightTarget(context));
    }

    // Found by ML.NET through the attribute above.
    private static ModalityProjectorTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        var settings = SavedComponent.LoadSettings<Settings>(environment, context, Version);
        var source = new EntryWeightSource(environment, context);
        var projector = settings.IsReduced
            ? SavedComponent.Checked(context, () => ProjectorPart.LoadReduced(source, settings.Projector))
            : ProjectorPart.Load(source, settings.Projector, settings.WeightType);
        return new ModalityProjectorTransformer(environment, settings, projector);
    }

    private protected override void Release() => _projector.Release();

    private protected override BatchMapping Bind(DataViewSchema inputSchema) =>
        new Mapping(this, inputSchema, _settings.Kind.Find(Host, inputSchema, "input", _settings.Input));

    private sealed class Mapping(ModalityProjectorTransformer owner, DataViewSchema schema, DataViewSchema.Column input)
        : BatchMapping(owner.Host, schema, owner._settings.BatchSize,
            (owner._settings.Output, new VectorDataViewType(NumberDataViewType.Single, Patches(owner, input), owner._settings.Projector.TextHiddenSize)))
    {
        public static int Patches(ModalityProjectorTransformer owner, DataViewSchema.Column input) => ((VectorDataViewType)input.Type).Size / owner._settings.Projector.VisionHiddenSize;

        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => [input];

        public override RowBatch CreateBatch(DataViewRow row, Func<int, bool> isNeeded) => new Batch(owner, row, input);
    }

    private sealed class Batch(ModalityProjectorTransformer owner, DataViewRow input, DataViewSchema.Column column) : RowBatch(1)
    {
        private readonly FloatRows _patches = new(input, column);
        private readonly int _size = Mapping.Patches(owner, column) * owner._settings.Projector.TextHiddenSize;
        private float[] _tokens = [];

        protected override void ClearRows() => _patches.Clear();

        protected override void AddRow(long row) => _patches.Add(row);

        protected override void Compute(int column)
        {
            owner.CheckNotDisposed();
            using var unrecorded = no_grad();
            using var scope = NewDisposeScope();
            var patches = _patches.ToTensor(Enumerable.Range(0, Count).ToList(), owner._settings.Projector.VisionHiddenSize);
            var tokens = owner._projector.Run(() => owner._projector.Project(patches.to(owner._projector.Device)).to(ScalarType.Float32).cpu());
            if (_tokens.Length < Count * _size)
                _tokens = new float[Count * _size];
            for (int row = 0; row < Count; row++)
                FloatRows.Copy(tokens, row, _tokens.AsSpan(row * _size, _size));
        }

        public override Delegate CreateGetter(int column, Func<int> current) => VectorGetter(current, () => _tokens, _size);
    }
}
