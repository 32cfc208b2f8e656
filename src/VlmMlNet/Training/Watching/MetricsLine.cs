using System.Text.Json;
using System.Text.Json.Serialization;

namespace VlmMlNet.Training.Watching;

/// <summary>One line of metrics.jsonl: a step, a validation, or what was found in a stage. What a line has nothing to say about is not in it.</summary>
internal sealed record MetricsLine
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Stage { get; init; }

    public required long Step { get; init; }

    /// <summary>Of a step; absent where it is not finite.</summary>
    public double? Loss { get; init; }

    public double? RateFactor { get; init; }

    public double? GradientNorm { get; init; }

    public bool? Skipped { get; init; }

    /// <summary>Scored tokens since the stage began.</summary>
    public long? Tokens { get; init; }

    public long? Examples { get; init; }

    /// <summary>Training time since the stage began.</summary>
    public double? Seconds { get; init; }

    /// <summary>Scored tokens per second of this process's part of the stage.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Memory of the process, in bytes.</summary>
    public long? Memory { get; init; }

    public double? ValidationLoss { get; init; }

    public double? ValidationScore { get; init; }

    public TrainingDiagnosticKind? Diagnostic { get; init; }

    public string? Text { get; init; }

    public double? Grounding { get; init; }

    public double? TextPerplexityBefore { get; init; }

    public double? TextPerplexityAfter { get; init; }

    public long? BestStep { get; init; }

    /// <summary>Score of the finished stage, by <see cref="ScoreName"/>.</summary>
    public double? Score { get; init; }

    public string? ScoreName { get; init; }

    /// <summary>What the model says about the sample pictures after the stage.</summary>
    public IReadOnlyList<string>? Captions { get; init; }

    /// <summary>Whether it is of a step.</summary>
    [JsonIgnore]
    public bool IsStep => RateFactor is not null;

    /// <summary>A number that JSON can hold.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <summary>The line without its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads a line; null where it is none, such as half of one that a process was writing when it was killed.</summary>
    public static MetricsLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<MetricsLine>(line, s_json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
