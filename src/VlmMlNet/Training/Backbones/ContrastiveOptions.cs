using VlmMlNet.Imaging;

namespace VlmMlNet.Training.Backbones;

/// <summary>How an image encoder is trained from nothing on pictures and their captions.</summary>
public sealed record ContrastiveOptions
{
    /// <summary>Passes over the data. Default 5.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Stops after so much time; null for no limit. Default null.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Pairs per step; every picture is compared with every text of its batch. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Peak learning rate, after a linear warmup and before a cosine decay. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of the steps in which the rate rises. Default 0.05.</summary>
    public double WarmupRatio { get; init; } = 0.05;

    /// <summary>AdamW's weight decay. Default 1e-4 (SigLIP's).</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Gradients of a larger global norm are scaled down to it. Default 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Changes pictures at random, as <see cref="TrainingStage.Augmentation"/>; null for none. Default null.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>Layers of the text tower, which is thrown away afterwards. Default 2.</summary>
    public int TextLayers { get; init; } = 2;

    /// <summary>Longest text in tokens; the rest is cut off. Default 64 (SigLIP's).</summary>
    public int MaxTextLength { get; init; } = 64;

    internal void Check()
    {
        Require(Epochs > 0, nameof(Epochs), Epochs);
        Require(BatchSize > 1, nameof(BatchSize), BatchSize);
        Require(LearningRate > 0, nameof(LearningRate), LearningRate);
        Require(WarmupRatio is >= 0 and < 1, nameof(WarmupRatio), WarmupRatio);
        Require(WeightDecay >= 0, nameof(WeightDecay), WeightDecay);
        Require(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm);
        Require(TextLayers > 0, nameof(TextLayers), TextLayers);
        Require(MaxTextLength > 0, nameof(MaxTextLength), MaxTextLength);
    }

    private static void Require(bool condition, string name, double value)
    {
        if (!condition)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(ContrastiveOptions)}: {name} {value} is out of range."));
    }
}
