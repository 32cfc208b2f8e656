using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.Saving;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using static TorchSharp.torch;

[assembly: LoadableClass(typeof(ImageEncoderTransformer), null, typeof(SignatureLoadModel), "Vision-language image encoder", ImageEncoderTransformer.LoaderSignature)]

namespace VlmMlNet.Components.ImageEncoder;

/// <summary>Adds the patch features of a picture: Vector&lt;Single, patches, encoder width&gt;, row by row from the top left.
/// Saved with the image encoder's weights.</summary>
public sealed class ImageEncoderTransformer : VisionLanguageTransformer
{
    internal const string LoaderSignature = "VlmImageEncoder";
    private readonly Settings _settings;
    private readonly ImageEncoderPart _vision;
    private readonly ImageProcessor _processor;

    /// <param name="environment">Its host.</param>
    /// <param name="settings">What is saved beside the weights.</param>
    /// <param name="vision">A share, which the transformer gives up when it is disposed.</param>
    /// <param name="processor">Pictures to the encoder's input.</param>
    internal ImageEncoderTransformer(IHostEnvironment environment, Settings settings, ImageEncoderPart vision, ImageProcessor processor)
        : base(environment)
    {
        (_settings, _vision, _processor) = (settings, vision, processor);
    }

    internal sealed record Settings(string Output, string Input, int BatchSize, bool AllowMissing, SiglipVisionConfig Vision, ImageProcessorConfig Image, ScalarType WeightType,
        [property: JsonPropertyName("IsPacked")] bool IsReduced = false)
    {
        public int Patches => Vision.PatchCount;

        public int Width => Vision.HiddenSize;
    }

    private static VersionInfo Version => SavedComponent.Version("VLMIMGEN", LoaderSignature);

    private protected override void SaveModel(ModelSaveContext context)
    {
        SavedComponent.SaveSettings(context, Version, _settings);
        _vision.Save(new EntryWeightTarget(context));
    }

    // Found by ML.NET through the attribute above.
    private static ImageEncoderTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        var settings = SavedComponent.LoadSettings<Settings>(environment, context, Version);
        var processor = SavedComponent.Checked(context, () => new ImageProcessor(settings.Image));
        var source = new EntryWeightSource(environment, context);
        var vision = settings.IsReduced
            ? SavedComponent.Checked(context, () => ImageEncoderPart.LoadReduced(source, settings.Vision))
            : ImageEncoderPart.Load(source, settings.Vision, settings.WeightType);
        return new ImageEncoderTransformer(environment, settings, vision, processor);
    }

    private protected override void Release() => _vision.Release();

    private protected override BatchMapping Bind(DataViewSchema inputSchema) =>
        new Mapping(this, inputSchema, ColumnKind.Picture.Find(Host, inputSchema, "input", _settings.Input));

    /// <summary>Decodes and encodes pictures into [rows, patches, width]; NaN for a row without one.</summary>
    private void Encode(IReadOnlyList<ImageSource?> images, float[] patches)
    {
        CheckNotDisposed();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var present = images.OfType<ImageSource>().ToList();
        using var pixels = PixelBatch.ToTensor(_processor, present);
        var features = pixels is null ? null : _vision.Run(() => _vision.Encode(pixels.to(_vision.Device)).to(ScalarType.Float32).cpu());
        int size = _settings.Patches * _settings.Width;
        for (int row = 0, next = 0; row < images.Count; row++)
        {
            var destination = patches.AsSpan(row * size, size);
            if (images[row] is null)
                destination.Fill(float.NaN);
            else
                FloatRows.Copy(features!, next++, destination);
        }
    }

    private sealed class Mapping(ImageEncoderTransformer owner, DataViewSchema schema, DataViewSchema.Column input)
        : BatchMapping(owner.Host, schema, owner._settings.BatchSize,
            (owner._settings.Output, new VectorDataViewType(NumberDataViewType.Single, owner._settings.Patches, owner._settings.Width)))
    {
        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => [input];

        public override RowBatch CreateBatch(DataViewRow row, Func<int, bool> isNeeded) => new Batch(owner, ImageColumn.CreateReader(row, input));
    }

    private sealed class Batch(ImageEncoderTransformer owner, Func<long, ImageSource?> read) : RowBatch(1)
    {
        private readonly List<ImageSource?> _images = [];
        private readonly int _size = owner._settings.Patches * owner._settings.Width;
        private float[] _patches = [];

        protected override void ClearRows() => _images.Clear();

        protected override void AddRow(long row)
        {
            var image = read(row);
            if (image is null && !owner._settings.AllowMissing)
                throw new MalformedInputException($"column '{owner._settings.Input}'", "the row has no picture",
                    $"Filter such rows out, or set {nameof(ImageEncoderOptions)}.{nameof(ImageEncoderOptions.AllowMissing)}.", row);
            _images.Add(image);
        }

        protected override void Compute(int column)
        {
            if (_patches.Length < _images.Count * _size)
                _patches = new float[_images.Count * _size];
            owner.Encode(_images, _patches);
        }

        public override Delegate CreateGetter(int column, Func<int> current) => VectorGetter(current, () => _patches, _size);
    }
}
