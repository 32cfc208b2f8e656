using System.Globalization;
using VlmMlNet.Evaluation;

namespace VlmMlNet.Components.Recipes;

/// <summary>What a model loses by holding its weights in a smaller precision, beside the same model in float32 on the same
/// pictures. Made by <see cref="VisionLanguageCatalog.ComparePrecisions"/>.</summary>
public sealed record PrecisionQuality
{
    internal PrecisionQuality(WeightPrecision precision) => Precision = precision;

    /// <summary>The smaller precision.</summary>
    public WeightPrecision Precision { get; }

    /// <summary>Along the answers of the float32 model: the share of places, the end of the answer among them, where the most
    /// likely next token is the same; 0 to 1.</summary>
    public required double TokenAgreement { get; init; }

    /// <summary>At the same places: the mean Kullback-Leibler divergence, in nats, of the distribution of the next token from
    /// float32's.</summary>
    public required double MeanDivergence { get; init; }

    /// <summary>When both write on their own: how many tokens of an answer are the same before the first that differs, on average;
    /// all of them, and the end, where none does.</summary>
    public required double MeanAgreeingPrefix { get; init; }

    /// <summary>When both write on their own: the share of answers that are the same from beginning to end; 0 to 1.</summary>
    public required double SameAnswers { get; init; }

    /// <summary>The score of the answers: CIDEr of captions, exact match of answers to questions.</summary>
    public required double Score { get; init; }

    /// <summary>The score of float32's answers.</summary>
    public required double ReferenceScore { get; init; }

    /// <summary>What chance leaves open of <see cref="RelativeChange"/>: 95 % bootstrap percentiles over rows, drawn for both models alike.</summary>
    public required ConfidenceInterval RelativeChangeInterval { get; init; }

    /// <summary>How much the score changes relative to float32's: -0.02 where 2 % of it are lost. NaN where float32 scores nothing.</summary>
    public double RelativeChange => ReferenceScore > 0 ? Score / ReferenceScore - 1 : double.NaN;

    /// <summary>How much of the score may be lost: 0.03 for int4, 0.01 for others.</summary>
    public double AllowedLoss => AllowedLossOf(Precision);

    /// <summary>Whether no more is lost than may be. False where float32 scores nothing, because then nothing is shown.</summary>
    public bool IsSupported => RelativeChange >= -AllowedLoss;

    /// <summary>How much of its score a model may lose in a precision, as a part of it.</summary>
    public static double AllowedLossOf(WeightPrecision precision) => precision == WeightPrecision.Int4 ? 0.03 : 0.01;

    /// <summary>Why the precision is not supported; null where it is.</summary>
    /// <param name="scoreName">What the score is called.</param>
    internal string? Refusal(string scoreName)
    {
        string name = Precision.ToString().ToLowerInvariant();
        if (IsSupported)
            return null;
        if (double.IsNaN(RelativeChange))
            return $"nothing can be said of {name}: the model's {scoreName} in float32 is 0 on this data.";
        string chance = RelativeChangeInterval.Upper >= -AllowedLoss ? " Chance may explain it: more rows say more." : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name} is not supported: {scoreName} falls by {-100 * RelativeChange:F1} %, from {ReferenceScore:F3} to {Score:F3}; at most {100 * AllowedLoss:F0} % may be lost.{chance}");
    }
}
