using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.Saving;
using VlmMlNet.Components.Stages;
using VlmMlNet.Imaging;
using VlmMlNet.Models;

namespace VlmMlNet.Components.HybridMaskDecoder;

/// <summary>Makes a <see cref="HybridMaskDecoderTransformer"/>, of the model as it is or after a stage that trains the language
/// model. Created by <c>mlContext.Transforms.HybridMaskDecoder</c>.</summary>
/// <remarks>Joint training passes gradients from the decoder through the projector to the encoder, which cannot cross columns: a
/// stage of <c>mlContext.VisionLanguage().Stages</c> trains the three in one Fit and gives them chained.</remarks>
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
        _host.CheckUserArg(options.Prompt is null || !string.IsNullOrWhiteSpace(options.Prompt), nameof(options.Prompt), "Must not be empty");
        _host.CheckUserArg(options.BatchSize > 0, nameof(options.BatchSize), "Must be positive");
        _host.CheckUserArg(options.MaxLength > 1, nameof(options.MaxLength), "Must be at least 2");
        _host.CheckUserArg(options.Mask is AttentionMaskKind.Hybrid or AttentionMaskKind.Causal, nameof(options.Mask), "Must be Hybrid or Causal: under the bidirectional mask every token sees what it has to predict");
        _host.CheckValue(options.Run, nameof(options.Run));
        if (options.Stage is { } stage)
        {
            stage.Check();
            _host.CheckUserArg(stage is { VisionLearningRate: null, ProjectorLearningRate: null }, nameof(options.Stage),
                "Gradients do not cross columns: here only the language model can be trained. Image encoder and projector are trained by mlContext.VisionLanguage().Stages");
        }
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

    /// <summary>Checks the columns of the data, trains where a stage is given, and makes the transformer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent, of another type or of another size.</exception>
    /// <exception cref="MalformedInputException">A row that is trained on is bad; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The context or the run's token was cancelled.</exception>
    public HybridMaskDecoderTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var shape = SchemaShape.Create(input.Schema);
        GetOutputSchema(shape);
        string prompt = _options.Prompt ?? _options.Model.CaptionPrompt;
        var settings = new HybridMaskDecoderTransformer.Settings(_options.OutputColumnName, _options.VisualTokensColumnName, _options.TextColumnName, _options.SeparateAnswers,
            _options.PromptColumnName, prompt, _options.BatchSize, _options.MaxLength, _options.Mask, SavedLanguageModel.Describe(_options.Model.Conversation));
        settings.Kind.Find(_host, input.Schema, "input", _options.VisualTokensColumnName);
        if (_options.Stage is not { } stage)
            return new HybridMaskDecoderTransformer(_host, settings, _options.Model.Conversation.Hold());

        bool areAnswers = _options.SeparateAnswers || input.Schema[_options.TextColumnName].Type is TextDataViewType;
        var columns = new StageColumns(_options.VisualTokensColumnName, PictureForm.VisualTokens, _options.TextColumnName, areAnswers, _options.PromptColumnName);
        var trained = StageRun.Train(_host, StageData.Open(_host, input, columns, prompt, _options.Run.SkipUnreadableImages), _options.Model, stage, _options.Run);
        return new HybridMaskDecoderTransformer(_host, settings, trained.Model.Conversation.Hold()) { Trained = trained };
    }
}
