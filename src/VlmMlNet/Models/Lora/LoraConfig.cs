namespace VlmMlNet.Models.Lora;

/// <summary>What adapter_config.json says of an adapter: which layers it has, and how each is scaled.</summary>
internal sealed record LoraConfig
{
    /// <summary>Beyond that it is no low rank.</summary>
    public const int MostRank = 1 << 16;

    public int Rank { get; init; } = 8;

    public double Alpha { get; init; } = 8;

    public double Dropout { get; init; }

    public bool IsRankStabilized { get; init; }

    /// <summary>Ranks of layers that have another: the first pattern that a name ends with counts.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>The same for alpha.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>The layers.</summary>
    public required LoraTargets Targets { get; init; }

    /// <summary>The model that the adapter belongs to, as its maker names it; null where that is not known.</summary>
    public string? BaseModel { get; init; }

    public static LoraConfig Of(LoraOptions options) => new()
    {
        Rank = options.Rank,
        Alpha = options.Alpha,
        Dropout = options.Dropout,
        IsRankStabilized = options.IsRankStabilized,
        Targets = new LoraTargets { Names = options.TargetPattern is null ? options.Targets : null, Pattern = options.TargetPattern },
    };

    public int RankOf(string layer) => Find(RankPattern, layer) is { } found ? found.Value : Rank;

    public double ScalingOf(string layer)
    {
        double alpha = Find(AlphaPattern, layer) is { } found ? found.Value : Alpha;
        int rank = RankOf(layer);
        return alpha / (IsRankStabilized ? Math.Sqrt(rank) : rank);
    }

    private static KeyValuePair<string, T>? Find<T>(IReadOnlyList<KeyValuePair<string, T>> patterns, string layer)
    {
        foreach (var pattern in patterns)
            if (LoraTargets.Match($@"^(?:.*\.)?(?:{pattern.Key})$", layer).Success)
                return pattern;
        return null;
    }
}
