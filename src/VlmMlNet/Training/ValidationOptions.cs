namespace VlmMlNet.Training;

/// <summary>When a stage is validated, and what follows from it.</summary>
public sealed record ValidationOptions
{
    /// <summary>Steps from one validation to the next; null to go by <see cref="Share"/>. Default null.</summary>
    public int? EverySteps { get; init; }

    /// <summary>Share of the stage from one validation to the next. Default a tenth. The stage's end is always validated.</summary>
    public double Share { get; init; } = 0.1;

    /// <summary>Most examples that are scored, from the start of the data; null for all. Default 1000.</summary>
    public int? Limit { get; init; } = 1000;

    /// <summary>Whether the stage's result has the weights of its best validation, instead of the last ones. Default false.</summary>
    public bool KeepBest { get; init; }

    /// <summary>The stage ends after so many validations in a row that are no better than the best; null for never. Default null.</summary>
    public int? Patience { get; init; }

    /// <summary>What better means. Default the loss.</summary>
    public ValidationMeasure Measure { get; init; }

    /// <summary>Whether what is learned depends on the validations.</summary>
    internal bool DecidesResult => KeepBest || Patience is not null;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One makes no sense; the message names it.</exception>
    public void Check()
    {
        Require(EverySteps is null or > 0, nameof(EverySteps), $"is {EverySteps}; it must be positive");
        Require(Share is > 0 and <= 1, nameof(Share), $"is {Share}; it must be above 0 and at most 1");
        Require(Limit is null or > 0, nameof(Limit), $"is {Limit}; it must be positive");
        Require(Patience is null or > 0, nameof(Patience), $"is {Patience}; it must be positive");
        Require(Enum.IsDefined(Measure), nameof(Measure), $"is {Measure}, which is no measure");
    }

    private static void Require(bool condition, string setting, string problem)
    {
        if (!condition)
            throw new ArgumentException($"Validation: {setting} {problem}.");
    }
}
