using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.Saving;
using VlmMlNet.Generation;

namespace VlmMlNet.Components.CaptionGenerator;

/// <summary>Makes a <see cref="CaptionGeneratorTransformer"/>; nothing is learned. Created by
/// <c>mlContext.Transforms.CaptionGenerator</c>.</summary>
public sealed class CaptionGeneratorEstimator : IEstimator<CaptionGeneratorTransformer>
{
    private readonly IHost _host;
    private readonly CaptionGeneratorOptions _options;

    internal CaptionGeneratorEstimator(IHostEnvironment environment, CaptionGeneratorOptions options)
    {
        _host = environment.Register(nameof(CaptionGeneratorEstimator));
        _host.CheckValue(options, nameof(options));
        _host.CheckValue(options.Model, nameof(options.Model));
        _host.CheckNonWhiteSpace(options.OutputColumnName, nameof(options.OutputColumnName));
        _host.CheckNonWhiteSpace(options.VisualTokensColumnName, nameof(options.VisualTokensColumnName));
        _host.CheckUserArg(options.Prompt is null || !string.IsNullOrWhiteSpace(options.Prompt), nameof(options.Prompt), "Must not be empty");
        _host.CheckUserArg(options.LogProbabilityColumnName is not { } name || (!string.IsNullOrWhiteSpace(name) && name != options.OutputColumnName),
            nameof(options.LogProbabilityColumnName), $"Must be a name other than {nameof(options.OutputColumnName)}");
        CheckGeneration(options.Generation);
        _options = options;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ColumnKind.FloatVector.Check(_host, inputSchema, "input", _options.VisualTokensColumnName);
        if (_options.PromptColumnName is { } prompt)
            ColumnKind.Text.Check(_host, inputSchema, "prompt", prompt);
        return _options.LogProbabilityColumnName is { } score
            ? ColumnKind.Add(inputSchema, (_options.OutputColumnName, TextDataViewType.Instance), (score, NumberDataViewType.Single))
            : ColumnKind.Add(inputSchema, (_options.OutputColumnName, TextDataViewType.Instance));
    }

    /// <summary>Checks the columns of the data and makes the transformer. No row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent, of another type or of another size.</exception>
    /// <exception cref="InvalidOperationException">The model is held in another reduced precision than the options ask for.</exception>
    public CaptionGeneratorTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        GetOutputSchema(SchemaShape.Create(input.Schema));
        ColumnKind.Matrix(_options.Model.ImageTokenCount, _options.Model.Conversation.Language.Config.HiddenSize).Find(_host, input.Schema, "input", _options.VisualTokensColumnName);
        var given = _options.Model.Conversation;
        var model = given.WithPrecision(_options.Precision ?? given.Language.Precision);
        var settings = new CaptionGeneratorTransformer.Settings(_options.OutputColumnName, _options.VisualTokensColumnName, _options.PromptColumnName,
            _options.Prompt ?? _options.Model.CaptionPrompt, _options.Generation, SavedLanguageModel.Describe(model), _options.LogProbabilityColumnName);
        return new CaptionGeneratorTransformer(_host, settings, model, _options.CancellationToken);
    }

    // Errors of ML.NET's components are its own.
    private void CheckGeneration(GenerationOptions generation)
    {
        try
        {
            generation.Check();
        }
        catch (ArgumentException e)
        {
            throw _host.ExceptUserArg(nameof(CaptionGeneratorOptions), e.Message);
        }
    }
}
