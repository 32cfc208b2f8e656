using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Columns;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.ModalityProjector;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Stages;

/// <summary>Trains one stage. Encoder, projector and decoder are trained jointly within one Fit, because gradients cannot cross
/// columns. Created by <c>mlContext.VisionLanguage().Stages</c>.</summary>
/// <remarks>The same seed (<c>new MLContext(seed)</c>), data and settings give the same weights. <c>MLContext.Log</c> shows the
/// progress; <c>GpuDeviceId</c> and <c>FallbackToCpu</c> are respected where models are loaded, and checked here.</remarks>
public sealed class TrainingStageEstimator : IEstimator<TrainingStageTransformer>
{
    private readonly IHost _host;
    private readonly TrainingStageOptions _options;

    internal TrainingStageEstimator(IHostEnvironment environment, TrainingStage stage, TrainingStageOptions options)
    {
        _host = environment.Register(nameof(TrainingStageEstimator));
        _host.CheckNonWhiteSpace(options.ImageColumnName, nameof(options.ImageColumnName));
        _host.CheckNonWhiteSpace(options.CaptionsColumnName, nameof(options.CaptionsColumnName));
        _host.CheckUserArg(options.CaptionPrompt is null || !string.IsNullOrWhiteSpace(options.CaptionPrompt), nameof(options.CaptionPrompt), "Must not be empty");
        _host.CheckNonWhiteSpace(options.OutputColumnName, nameof(options.OutputColumnName));
        stage.Check();
        options.Validation.Check();
        _host.CheckUserArg(options.ValidationScoreLimit > 0, nameof(options.ValidationScoreLimit), "Must be positive");
        (Stage, _options) = (stage, options);
    }

    /// <summary>What is trained, and how.</summary>
    public TrainingStage Stage { get; }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        StageColumns.Of(_host, inputSchema, _options);
        var vector = new VectorDataViewType(NumberDataViewType.Single);
        if (_options.PatchesColumnName is null)
            inputSchema = ColumnKind.Add(inputSchema, (Patches, vector));
        return ColumnKind.Add(inputSchema, (VisualTokens, vector), (_options.OutputColumnName, NumberDataViewType.Single),
            (_options.OutputColumnName + HybridMaskDecoderEstimator.TokenCountSuffix, NumberDataViewType.Int32));
    }

    /// <summary>Trains from <see cref="TrainingStageOptions.Model"/>.</summary>
    /// <inheritdoc cref="Fit(IDataView, VisionLanguageModel)"/>
    /// <exception cref="InvalidOperationException">The options name no model.</exception>
    public TrainingStageTransformer Fit(IDataView input) => Fit(input, _options.Model ?? throw new InvalidOperationException(
        $"{Stage.Name}: there is no model to start from. Call Fit(data, previous), or set {nameof(TrainingStageOptions)}.{nameof(TrainingStageOptions.Model)}."));

    /// <summary>Trains a new model from a previous one, which is not changed: frozen parts are shared with it, trained ones are copies.</summary>
    /// <param name="input">A column of pictures and one of conversations or captions; read once for the count and once per epoch.</param>
    /// <param name="previous">The model, or the transformer of the stage before.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    /// <exception cref="ArgumentException">There is nothing to train on.</exception>
    /// <exception cref="MalformedInputException">A row's text or picture is bad; the message names the row.</exception>
    /// <exception cref="OperationCanceledException">The context or the options' token was cancelled.</exception>
    public TrainingStageTransformer Fit(IDataView input, VisionLanguageModel previous)
    {
        _host.CheckValue(input, nameof(input));
        _host.CheckValue(previous, nameof(previous));
        var columns = StageColumns.Of(_host, SchemaShape.Create(input.Schema), _options);
        if (columns.Form == PictureForm.Patches)
        {
            _host.CheckUserArg(Stage.VisionLearningRate is null, nameof(TrainingStageOptions.PatchesColumnName), "The stage trains the image encoder, which needs the pictures");
            ColumnKind.Matrix(previous.ImageTokenCount, previous.VisionPart.Config.HiddenSize).Find(_host, input.Schema, columns.PictureRole, columns.Picture);
        }
        string prompt = _options.CaptionPrompt ?? previous.CaptionPrompt;
        var trained = StageRun.Train(_host, StageData.Open(_host, input, columns, prompt, _options.SkipUnreadableImages), previous, Stage, Run(columns, prompt));
        trained.Model.CaptionPrompt = prompt;
        try
        {
            return new TrainingStageTransformer(Chain(input, trained.Model, columns), trained.Model, Stage, trained.History);
        }
        catch
        {
            trained.Model.Dispose();
            throw;
        }
    }

    private string Patches => _options.PatchesColumnName ?? _options.OutputColumnName + ".Patches";

    private string VisualTokens => _options.OutputColumnName + ".VisualTokens";

    private TrainingRun Run(StageColumns columns, string prompt) => new()
    {
        ValidationData = _options.ValidationData is { } kept ? StageData.Open(_host, kept, columns, prompt, skipsBadRows: true) : null,
        Validation = _options.Validation,
        ValidationScore = _options is { ScoresValidation: true, ValidationData: { } scored } ? model => Score(model, scored, prompt) : null,
        Diagnoses = _options.Diagnoses,
        KeptText = _options.KeptText is { } text ? StageData.Open(_host, text, StageColumns.Of(_host, SchemaShape.Create(text.Schema), _options), prompt, skipsBadRows: true) : null,
        Diagnosed = _options.Diagnosed,
        MetricsFile = _options.MetricsFile,
        TensorBoardFolder = _options.TensorBoardFolder,
        Shuffle = _options.Shuffle,
        SkipUnreadableImages = _options.SkipUnreadableImages,
        FeatureCache = _options.FeatureCache,
        CheckpointFolder = _options.CheckpointFolder,
        CheckpointInterval = _options.CheckpointInterval,
        Resume = _options.Resume,
        CancellationToken = _options.CancellationToken,
        Progress = _options.Progress,
    };

    private double Score(VisionLanguageModel model, IDataView data, string prompt) => new ModelEvaluator(_host, model, data, new ModelEvaluationOptions
    {
        Limit = _options.ValidationScoreLimit,
        CaptionPrompt = prompt,
        SkipUnreadableImages = _options.SkipUnreadableImages,
        CancellationToken = _options.CancellationToken,
    }).Run().Score;

    private TransformerChain<HybridMaskDecoderTransformer> Chain(IDataView data, VisionLanguageModel model, StageColumns columns)
    {
        var encoder = new ImageEncoderEstimator(_host, new ImageEncoderOptions { Model = model, OutputColumnName = Patches, InputColumnName = columns.Picture, AllowMissing = true });
        var projector = new ModalityProjectorEstimator(_host, new ModalityProjectorOptions { Model = model, OutputColumnName = VisualTokens, InputColumnName = Patches });
        var decoder = new HybridMaskDecoderEstimator(_host, new HybridMaskDecoderOptions
        {
            Model = model,
            OutputColumnName = _options.OutputColumnName,
            VisualTokensColumnName = VisualTokens,
            TextColumnName = columns.Text,
            SeparateAnswers = columns.AreCaptions,
            Prompt = _options.CaptionPrompt,
            MaxLength = Stage.MaxLength,
            Mask = Stage.Mask == AttentionMaskKind.Causal ? AttentionMaskKind.Causal : AttentionMaskKind.Hybrid,
        });
        return columns.Form == PictureForm.Patches ? projector.Append(decoder).Fit(data) : encoder.Append(projector).Append(decoder).Fit(data);
    }
}
