namespace VlmMlNet.Training;

/// <summary>How training goes wrong.</summary>
public enum TrainingDiagnosticKind
{
    /// <summary>While the projector alone learns, the loss stays near 5: the captions are too irregular.</summary>
    Plateau,

    /// <summary>The loss rises again and its spread with it: the learning rate is too high.</summary>
    LearningRateTooHigh,

    /// <summary>A step was skipped, because its loss or gradient was not finite or had exploded.</summary>
    SkippedSteps,

    /// <summary>Answers are as likely with another picture as with their own.</summary>
    PicturesIgnored,

    /// <summary>Pictures are used, but not by questions of one kind.</summary>
    DetailsMissed,

    /// <summary>The language model's perplexity on text that was kept aside has risen.</summary>
    Forgetting,
}
