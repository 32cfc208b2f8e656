namespace VlmMlNet.Data.Scenes;

/// <summary>Drawn pictures of coloured shapes with captions, long descriptions, questions and answers, in the formats in
/// which real data sets are published. Small enough to learn in minutes, hard enough to show whether a model sees: the
/// test scenes show combinations of colour and shape that training never did.</summary>
public sealed class SceneDataset
{
    /// <summary>The request that short captions answer.</summary>
    public const string CaptionPrompt = "Describe the image concisely.";

    /// <summary>The request that long descriptions answer.</summary>
    public const string RecaptionPrompt = "Describe the image in detail.";

    internal SceneDataset(string folder, IReadOnlyList<SceneKind> heldOut, bool hasValidation)
    {
        Folder = folder;
        HeldOut = [.. heldOut.Select(SceneWords.Of)];
        ValidationCaptionsFile = hasValidation ? In("validation-captions.json") : null;
        ValidationQuestionsFile = hasValidation ? In("validation-questions.json") : null;
    }

    /// <summary>The folder that holds everything.</summary>
    public string Folder { get; }

    /// <summary>The pictures of all splits: <c>train-00000.png</c>, <c>validation-00000.png</c>, <c>test-00000.png</c>.</summary>
    public string ImageFolder => In("images");

    /// <summary>LLaVA JSON to align with: one long, complete, regular description per training scene.</summary>
    public string RecaptionsFile => In("recaptions.json");

    /// <summary>LLaVA JSON to fine-tune with: every short caption of a training scene as a conversation of its own.</summary>
    public string CaptionsFile => In("captions.json");

    /// <summary>LLaVA JSON to tune for instructions with: conversations of several questions, some with a request for a
    /// caption between them.</summary>
    public string InstructionsFile => In("instructions.json");

    /// <summary>COCO captions JSON of the validation scenes; null where there are none.</summary>
    public string? ValidationCaptionsFile { get; }

    /// <summary>LLaVA JSON of the questions about the validation scenes; null where there are none.</summary>
    public string? ValidationQuestionsFile { get; }

    /// <summary>COCO captions JSON of the test scenes: the references to score captions against.</summary>
    public string TestCaptionsFile => In("test-captions.json");

    /// <summary>LLaVA JSON of the questions about the test scenes, one a row; <see cref="QuestionTypeOf"/> reads the type of
    /// question from the row's id.</summary>
    public string TestQuestionsFile => In("test-questions.json");

    /// <summary>The options that the scenes were drawn with, the prompts and the held-out combinations.</summary>
    public string SettingsFile => In("settings.json");

    /// <summary>The combinations that only the test scenes show, such as "red circle".</summary>
    public IReadOnlyList<string> HeldOut { get; }

    /// <summary>Draws the scenes and writes all files, replacing those of an earlier call.</summary>
    /// <param name="folder">Where to write; made where it does not exist.</param>
    /// <param name="options">How many and how; the defaults where null.</param>
    /// <param name="progress">Receives the part that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked before every scene.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its bounds.</exception>
    public static SceneDataset Write(
        string folder, SceneDatasetOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new SceneDatasetOptions();
        options.Validate();
        return new SceneDatasetWriter(Path.GetFullPath(folder), options).Write(progress, cancellationToken);
    }

    /// <summary>The type of a question: color, shape, count, exists, position, size, relation or object.</summary>
    /// <param name="id">The id of a row of <see cref="TestQuestionsFile"/>, such as <c>test-00012-0-color</c>.</param>
    public static string QuestionTypeOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id[(id.LastIndexOf('-') + 1)..];
    }

    private string In(string name) => Path.Combine(Folder, name);
}
