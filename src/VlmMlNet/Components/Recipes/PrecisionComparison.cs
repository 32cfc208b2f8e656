using System.Text;
using System.Text.Json;

namespace VlmMlNet.Components.Recipes;

/// <summary>A model in several precisions beside itself in float32. Made by <see cref="VisionLanguageCatalog.ComparePrecisions"/>.</summary>
public sealed record PrecisionComparison
{
    private static readonly JsonWriterOptions s_json = new() { Indented = true };

    internal PrecisionComparison(string scoreName, int rows, long tokens, double score, IReadOnlyList<PrecisionQuality> precisions)
    {
        (ScoreName, Rows, Tokens, Score, Precisions) = (scoreName, rows, tokens, score, precisions);
        Refusals = [.. precisions.Select(p => p.Refusal(scoreName)).OfType<string>()];
    }

    /// <summary>What the scores are: <c>CIDEr</c> for captions, <c>exact match</c> for answers to questions.</summary>
    public string ScoreName { get; }

    /// <summary>Captions or answers that were compared.</summary>
    public int Rows { get; }

    /// <summary>Places that were compared: the tokens of float32's answers, and the ends of those that end.</summary>
    public long Tokens { get; }

    /// <summary>The score of float32's answers.</summary>
    public double Score { get; }

    /// <summary>The precisions, in the order in which they were asked for.</summary>
    public IReadOnlyList<PrecisionQuality> Precisions { get; }

    /// <summary>A sentence for each precision that loses more than it may; empty where all are supported.</summary>
    public IReadOnlyList<string> Refusals { get; }

    /// <summary>All numbers as JSON; what does not exist is null.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            json.WriteString("score", ScoreName);
            json.WriteNumber("rows", Rows);
            json.WriteNumber("tokens", Tokens);
            json.WriteNumber("float32", Score);
            json.WriteStartArray("precisions");
            foreach (var quality in Precisions)
                Write(json, quality);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void Write(Utf8JsonWriter json, PrecisionQuality quality)
    {
        json.WriteStartObject();
        json.WriteString("precision", quality.Precision.ToString().ToLowerInvariant());
        Number("token_agreement", quality.TokenAgreement);
        Number("mean_divergence", quality.MeanDivergence);
        Number("mean_agreeing_prefix", quality.MeanAgreeingPrefix);
        Number("same_answers", quality.SameAnswers);
        Number("score", quality.Score);
        Number("relative_change", quality.RelativeChange);
        json.WriteStartArray("relative_change_95");
        Value(quality.RelativeChangeInterval.Lower);
        Value(quality.RelativeChangeInterval.Upper);
        json.WriteEndArray();
        Number("allowed_loss", quality.AllowedLoss);
        json.WriteBoolean("supported", quality.IsSupported);
        if (quality.Refusal(ScoreName) is { } refusal)
            json.WriteString("refusal", refusal);
        json.WriteEndObject();

        void Number(string name, double value)
        {
            json.WritePropertyName(name);
            Value(value);
        }

        void Value(double value)
        {
            if (double.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteNullValue();
        }
    }
}
