using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Models;

namespace VlmMlNet.Components;

/// <summary>Makes a <see cref="HybridMaskDecoderTransformer"/>; nothing is learned. Created by
/// <c>mlContext.Transforms.HybridMaskDecoder</c>.</summary>
/// <remarks>Training passes gradients from the decoder through the projector to the encoder, which cannot cross columns: a stage
/// of <c>mlContext.VisionLanguage().Stages</c> trains the three in one Fit and gives them chained.</remarks>
public sealed class HybridMaskDecoderEstimator : IEstimator<HybridMaskDecoderTransformer>
{
    internal const string TokenCountSuffix = ".TokenCount";
    private readonly IHost _host;
    private readonly HybridMaskDecoderOptions _options;

    internal HybridMaskDecoderEstimator(IHostEnvironment environment, HybridMaskDecoderOptions options)
    {
        _host = environment.Register(nameof(HybridMaskDecoderEstimator));
        _host.CheckValue(options, nameof(options));
        _host.CheckValue(options.Model, nameof(options.Model));
        _host.CheckNonWhiteSpace(options.OutputColumnName, nameof(options.OutputColumnName));
        _host.CheckNonWhiteSpace(options.VisualTokensColumnName, nameof(options.VisualTokensColumnName));
        _host.CheckNonWhiteSpace(options.TextColumnName, nameof(options.TextColumnName));
        _host.CheckNonWhiteSpace(options.Prompt, nameof(options.Prompt));
        _host.CheckUserArg(options.BatchSize > 0, nameof(options.BatchSize), "Must be positive");
        _host.CheckUserArg(options.MaxLength > 1, nameof(options.MaxLength), "Must be at least 2");
        _host.CheckUserArg(options.Mask is AttentionMaskKind.Hybrid or AttentionMaskKind.Causal, nameof(options.Mask), "Must be Hybrid or Causal: under the bidirectional mask every token sees what it has to predict");
        _options = options;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ColumnKind.FloatVector.Check(_host, inputSchema, "input", _options.VisualTokensColumnName);
        ColumnKind.TextOrTexts.Check(_host, inputSchema, "text", _options.TextColumnName);
        if (_options.PromptColumnName is { } prompt)
            ColumnKind.Text.Check(_host, inputSchema, "prompt", prompt);
        return ColumnKind.Add(inputSchema, (_options.OutputColumnName, NumberDataViewType.Single), (_options.OutputColumnName + TokenCountSuffix, NumberDataViewType.Int32));
    }

    /// <summary>Checks the columns of the data and makes the transformer. No row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent, of another type or of another size.</exception>
    public HybridMaskDecoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        var model = _options.Model.Conversation;
        var settings = new HybridMaskDecoderTransformer.Settings(_options.OutputColumnName, _options.VisualTokensColumnName, _options.TextColumnName, _options.SeparateAnswers,
            _options.PromptColumnName, _options.Prompt, _options.BatchSize, _options.MaxLength, _options.Mask, SavedLanguageModel.Describe(model));
        settings.Kind.Find(_host, input.Schema, "input", _options.VisualTokensColumnName);
        return new HybridMaskDecoderTransformer(_host, settings, model.Hold());
    }
}
