using Microsoft.ML;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Stages;

/// <summary>How a stage reads its data and is run, apart from what it learns.</summary>
public sealed class TrainingStageOptions
{
    /// <summary>The column of pictures: text (paths), Vector&lt;Byte&gt; (encoded files) or <c>MLImage</c>. Default <c>Image</c>.</summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>A column of patch features that takes the place of the pictures: Vector&lt;Single, patches, encoder width&gt;, as
    /// <c>ImageEncoder</c> adds it with the same model, so that several epochs or stages encode each picture once. Only where
    /// the image encoder is frozen. Features are large (1.2 MB a picture at full size): cache them with
    /// <c>mlContext.Data.Cache</c> or as a binary file where they fit. Null: the pictures. Default null.</summary>
    public string? PatchesColumnName { get; init; }

    /// <summary>The column of conversations, Vector&lt;Text&gt;: [user, assistant, user, assistant, ...]. Where a row has a picture and
    /// its text no <c>&lt;image&gt;</c>, the picture comes first; a row without a picture is text alone. Null, or a column that
    /// the data has not: captions are learned, as they are of a row whose conversation is empty. Default <c>Conversation</c>.</summary>
    public string? ConversationColumnName { get; init; } = "Conversation";

    /// <summary>The column of captions, Text or Vector&lt;Text&gt;: each caption of a picture is one example. Default <c>Captions</c>.</summary>
    public string CaptionsColumnName { get; init; } = "Captions";

    /// <summary>What captions answer. Null: the model's own, <see cref="VisionLanguageModel.CaptionPrompt"/>; given,
    /// the trained model keeps it. Default null.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>The column that the fitted transformer adds: see <see cref="HybridMaskDecoderOptions.OutputColumnName"/>.
    /// Default <c>LogLikelihood</c>.</summary>
    public string OutputColumnName { get; init; } = "LogLikelihood";

    /// <summary>The model that <c>Fit(data)</c> starts from; <c>Fit(data, previous)</c> is given one. Default none.</summary>
    public VisionLanguageModel? Model { get; init; }

    /// <summary>Whether the data is shuffled in each epoch, in an order that the context's seed decides: within a window of
    /// 16,384 examples or 256 MiB of pictures that moves over it and, where the view is that of a reader of this library,
    /// by parts of the whole (files, row groups, stretches of a file). Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether examples with unreadable pictures, and rows without picture or answer, are left out and counted, instead of
    /// ending the run. Default false.</summary>
    public bool SkipUnreadableImages { get; init; }

    /// <summary>Keeps the features of pictures in a file, so that epochs, stages and runs with the same frozen image encoder encode each picture once;
    /// null for none. Default null.</summary>
    public FeatureCacheOptions? FeatureCache { get; init; }

    /// <summary>Folder in which the run keeps its state, so that the same call continues it; null for none. Default null.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Time between checkpoints. Default 10 minutes.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a checkpoint found in <see cref="CheckpointFolder"/> is continued. Default true.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Rows with the columns of the training data that are not trained on: their loss is measured while the stage runs and at its
    /// end, and is in <see cref="TrainingStageTransformer.History"/> and the log. Null for none. Default null.</summary>
    public IDataView? ValidationData { get; init; }

    /// <summary>When <see cref="ValidationData"/> is scored, and whether the best model is kept or the stage ends early by it.</summary>
    public ValidationOptions Validation { get; init; } = new();

    /// <summary>Whether each validation also lets the model caption or answer <see cref="ValidationData"/>: its score is CIDEr, or of
    /// questions and conversations the share of exact matches. Takes far longer than the loss; see
    /// <see cref="ValidationScoreLimit"/>. Default false.</summary>
    public bool ScoresValidation { get; init; }

    /// <summary>Most rows that are captioned or answered at each validation. Default 100.</summary>
    public int ValidationScoreLimit { get; init; } = 100;

    /// <summary>Whether it is measured at the stage's end what its loss does not show: see <see cref="TrainingRun.Diagnoses"/>. Default true.</summary>
    public bool Diagnoses { get; init; } = true;

    /// <summary>Conversations of text alone that no stage is trained on, in the columns of the training data: see
    /// <see cref="TrainingRun.KeptText"/>. Null for none. Default null.</summary>
    public IDataView? KeptText { get; init; }

    /// <summary>Receives what goes wrong, each kind once; the context's log has it as a warning. Default none.</summary>
    public Action<TrainingDiagnostic>? Diagnosed { get; init; }

    /// <summary>A file that gets a line of JSON for each step and validation: see <see cref="TrainingRun.MetricsFile"/>. Null for none.
    /// Default null.</summary>
    public string? MetricsFile { get; init; }

    /// <summary>A folder that gets event files for TensorBoard: see <see cref="TrainingRun.TensorBoardFolder"/>. Null for none. Default null.</summary>
    public string? TensorBoardFolder { get; init; }

    /// <summary>Receives the state after every step, on the thread that called Fit. The context's log has it less often. Default none.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends the run between two steps; the state is saved first where there is a checkpoint folder. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }
}
