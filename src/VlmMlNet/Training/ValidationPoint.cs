namespace VlmMlNet.Training;

/// <summary>One validation during a stage.</summary>
public sealed record ValidationPoint
{
    /// <summary>Steps taken before it.</summary>
    public required long Step { get; init; }

    /// <summary>Mean negative log-likelihood per scored token of the validation data, in nats, under the stage's mask.</summary>
    public required double Loss { get; init; }

    /// <summary>The score, such as CIDEr; null where none is measured.</summary>
    public double? Score { get; init; }
}
