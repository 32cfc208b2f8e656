namespace VlmMlNet.Training;

/// <summary>Something that goes wrong in a stage, as it was measured. Each kind is told once in a stage.</summary>
public sealed record TrainingDiagnostic
{
    /// <summary>What goes wrong.</summary>
    public required TrainingDiagnosticKind Kind { get; init; }

    /// <summary>The step after which it was found.</summary>
    public required long Step { get; init; }

    /// <summary>What was measured, what it means and what helps, as sentences.</summary>
    public required string Text { get; init; }

    /// <summary>The sentences.</summary>
    public override string ToString() => Text;
}
