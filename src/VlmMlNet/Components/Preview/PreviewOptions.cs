using VlmMlNet.Components.Stages;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Preview;

/// <summary>What <see cref="VisionLanguageCatalog.Preview"/> shows.</summary>
public sealed record PreviewOptions
{
    /// <summary>Rows that are shown, from the start. Default 12.</summary>
    public int Rows { get; init; } = 12;

    /// <summary>Examples of a row that are shown: a row has one for each caption. Default 1.</summary>
    public int ExamplesPerRow { get; init; } = 1;

    /// <summary>The stage whose mask, hidden tokens and longest sequence are shown. Default: stage 1, hybrid alignment.</summary>
    public TrainingStage Stage { get; init; } = TrainingStage.HybridAlignment;

    /// <summary>Decides which tokens the stage hides, if any. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Columns and the prompt of captions; null for the defaults. Default null.</summary>
    public TrainingStageOptions? Columns { get; init; }

    /// <summary>Most pixels of a side of a mask's picture; of longer sequences every n-th token is drawn. Default 512.</summary>
    public int MaskSide { get; init; } = 512;

    internal void Check()
    {
        if (Rows <= 0)
            throw new ArgumentException($"{nameof(PreviewOptions)}: {nameof(Rows)} is {Rows}; it must be positive.");
        if (ExamplesPerRow <= 0)
            throw new ArgumentException($"{nameof(PreviewOptions)}: {nameof(ExamplesPerRow)} is {ExamplesPerRow}; it must be positive.");
        if (MaskSide < MaskPicture.LeastSide)
            throw new ArgumentException($"{nameof(PreviewOptions)}: {nameof(MaskSide)} is {MaskSide}; it must be at least {MaskPicture.LeastSide}.");
        Stage.Check();
    }
}
