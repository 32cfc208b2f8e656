namespace VlmMlNet.Data.Scenes;

/// <summary>How many scenes to draw, and how. The defaults suit a model that trains within minutes on two cores.</summary>
public sealed record SceneDatasetOptions
{
    /// <summary>Decides everything: the same seed and counts give the same texts and pictures. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Training scenes, none with a held-out combination. At least 1; default 3000.</summary>
    public int Scenes { get; init; } = 3000;

    /// <summary>Validation scenes, drawn as the training scenes are. Default 100; 0 writes no validation files.</summary>
    public int ValidationScenes { get; init; } = 100;

    /// <summary>Test scenes, each with at least one held-out combination. At least 1; default 200.</summary>
    public int TestScenes { get; init; } = 200;

    /// <summary>Width and height of the pictures in pixels, 16 to 1024; default 64.</summary>
    public int ImageSize { get; init; } = 64;

    /// <summary>How many of the 64 combinations of colour and shape only the test scenes show, 1 to 16; default 8. Every
    /// colour and every shape still occurs in training, with other partners.</summary>
    public int HeldOutCombinations { get; init; } = 8;

    /// <summary>Differently worded captions per scene, 1 to 20; default 5, as in COCO.</summary>
    public int CaptionsPerScene { get; init; } = 5;

    /// <summary>Conversations per training scene, 1 to 20; default 2.</summary>
    public int ConversationsPerScene { get; init; } = 2;

    /// <summary>Questions in a conversation, 1 to 10; default 4.</summary>
    public int QuestionsPerConversation { get; init; } = 4;

    /// <summary>Questions about a validation or test scene, 1 to 10; default 4.</summary>
    public int QuestionsPerTestScene { get; init; } = 4;

    internal void Validate()
    {
        Check(Scenes, nameof(Scenes), 1, 10_000_000);
        Check(ValidationScenes, nameof(ValidationScenes), 0, 10_000_000);
        Check(TestScenes, nameof(TestScenes), 1, 10_000_000);
        Check(ImageSize, nameof(ImageSize), 16, 1024);
        Check(HeldOutCombinations, nameof(HeldOutCombinations), 1, 16);
        Check(CaptionsPerScene, nameof(CaptionsPerScene), 1, 20);
        Check(ConversationsPerScene, nameof(ConversationsPerScene), 1, 20);
        Check(QuestionsPerConversation, nameof(QuestionsPerConversation), 1, 10);
        Check(QuestionsPerTestScene, nameof(QuestionsPerTestScene), 1, 10);
    }

    private static void Check(int value, string name, int low, int high)
    {
        if (value < low || value > high)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {low} to {high}.");
    }
}
