namespace VlmMlNet.Training;

/// <summary>Splits the time of a whole run over backbones and stages.</summary>
public static class TrainingBudget
{
    /// <summary>Share of the image encoder's training from nothing.</summary>
    public const double VisionShare = 0.25;

    /// <summary>Share of the language model's training from nothing.</summary>
    public const double LanguageShare = 0.10;

    /// <summary>Shares of the stages 0 to 3.</summary>
    public static IReadOnlyList<double> StageShares { get; } = [0.05, 0.10, 0.35, 0.15];

    /// <summary>The time of each part: in proportion to the shares of those that are run, so that they add up to the total.</summary>
    /// <param name="total">The whole time, without reading data, validation and saving.</param>
    /// <param name="trainsBackbones">Whether the backbones are trained from nothing.</param>
    /// <param name="stages">The stages that are run, 0 to 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive, or there is no such stage.</exception>
    public static (TimeSpan? Vision, TimeSpan? Language, IReadOnlyList<TimeSpan> Stages) Split(TimeSpan total, bool trainsBackbones, IReadOnlyList<int> stages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(total, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(stages);
        foreach (int stage in stages)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(stage);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stage, StageShares.Count);
        }
        double sum = stages.Sum(s => StageShares[s]) + (trainsBackbones ? VisionShare + LanguageShare : 0);
        return (trainsBackbones ? total * (VisionShare / sum) : null, trainsBackbones ? total * (LanguageShare / sum) : null,
            [.. stages.Select(s => total * (StageShares[s] / sum))]);
    }
}
