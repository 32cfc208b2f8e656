using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;

namespace VlmMlNet.Components.ImageEncoder;

/// <summary>Makes an <see cref="ImageEncoderTransformer"/>; nothing is learned. Created by
/// <c>mlContext.Transforms.ImageEncoder</c>.</summary>
public sealed class ImageEncoderEstimator : IEstimator<ImageEncoderTransformer>
{
    private readonly IHost _host;
    private readonly ImageEncoderOptions _options;

    internal ImageEncoderEstimator(IHostEnvironment environment, ImageEncoderOptions options)
    {
        _host = environment.Register(nameof(ImageEncoderEstimator));
        _host.CheckValue(options, nameof(options));
        _host.CheckValue(options.Model, nameof(options.Model));
        _host.CheckNonWhiteSpace(options.OutputColumnName, nameof(options.OutputColumnName));
        _host.CheckNonWhiteSpace(options.InputColumnName, nameof(options.InputColumnName));
        _host.CheckUserArg(options.BatchSize > 0, nameof(options.BatchSize), "Must be positive");
        _options = options;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ColumnKind.Picture.Check(_host, inputSchema, "input", _options.InputColumnName);
        return ColumnKind.Add(inputSchema, (_options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single)));
    }

    /// <summary>Checks the columns of the data and makes the transformer. No row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column of pictures is absent or of another type.</exception>
    /// <exception cref="InvalidOperationException">The encoder is held in int8, and the options ask for floats.</exception>
    public ImageEncoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var model = _options.Model;
        var vision = model.VisionPart.WithPrecision(_options.Precision);
        var settings = new ImageEncoderTransformer.Settings(_options.OutputColumnName, _options.InputColumnName, _options.BatchSize, _options.AllowMissing,
            vision.Config, model.ImageProcessor.Config, vision.WeightType, vision.ReducedPrecision is not null);
        return new ImageEncoderTransformer(_host, settings, vision, model.ImageProcessor);
    }
}
