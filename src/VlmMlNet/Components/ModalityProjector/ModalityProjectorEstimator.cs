using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;

namespace VlmMlNet.Components.ModalityProjector;

/// <summary>Makes a <see cref="ModalityProjectorTransformer"/>; nothing is learned. Created by
/// <c>mlContext.Transforms.ModalityProjector</c>.</summary>
public sealed class ModalityProjectorEstimator : IEstimator<ModalityProjectorTransformer>
{
    private readonly IHost _host;
    private readonly ModalityProjectorOptions _options;

    internal ModalityProjectorEstimator(IHostEnvironment environment, ModalityProjectorOptions options)
    {
        _host = environment.Register(nameof(ModalityProjectorEstimator));
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
        ColumnKind.FloatVector.Check(_host, inputSchema, "input", _options.InputColumnName);
        return ColumnKind.Add(inputSchema, (_options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single)));
    }

    /// <summary>Checks the columns of the data and makes the transformer. No row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column of patch features is absent, of another type or of another width.</exception>
    /// <exception cref="InvalidOperationException">The projector is held in int8, and the options ask for floats.</exception>
    public ModalityProjectorTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var config = _options.Model.ProjectorPart.Config;
        ColumnKind.Matrix(rows: null, config.VisionHiddenSize).Find(_host, input.Schema, "input", _options.InputColumnName);
        var projector = _options.Model.ProjectorPart.WithPrecision(_options.Precision);
        var settings = new ModalityProjectorTransformer.Settings(_options.OutputColumnName, _options.InputColumnName, _options.BatchSize, config, projector.WeightType, projector.ReducedPrecision is not null);
        return new ModalityProjectorTransformer(_host, settings, projector);
    }
}
