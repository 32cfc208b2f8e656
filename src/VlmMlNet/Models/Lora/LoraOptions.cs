namespace VlmMlNet.Models.Lora;

/// <summary>Training by low-rank adapters (LoRA, arXiv 2106.09685): of each chosen layer the weights W stay as they are, and what is
/// trained are two thin matrices whose product is added, y = W x + scaling B A x.</summary>
/// <remarks>The terms and their meaning are those of the PEFT library, so that an adapter that is trained here can be used there.</remarks>
public sealed record LoraOptions
{
    /// <summary>In place of names: every linear layer but the output layer.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Rows of A and columns of B. Default 16.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>What the product is multiplied with, divided by the rank. Default 32.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Share of a layer's inputs that are hidden from its adapter while it is trained. Default 0.05.</summary>
    public double Dropout { get; init; } = 0.05;

    /// <summary>Whether <see cref="Alpha"/> is divided by the square root of the rank (rsLoRA, arXiv 2312.03732): better for large ranks. Default false.</summary>
    public bool IsRankStabilized { get; init; }

    /// <summary>The layers: names or ends of names, such as <c>q_proj</c>, <c>mlp.up_proj</c> or <c>model.layers.0.self_attn.q_proj</c>;
    /// or <see cref="AllLinear"/> alone. Default that.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [AllLinear];

    /// <summary>In place of <see cref="Targets"/>: a regular expression of whole names, such as <c>.*\.[0-3]\.self_attn\.(q|v)_proj</c>. Default null.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>What is wrong with the options; null where nothing is.</summary>
    internal string? Problem() => Rank is < 1 or > LoraConfig.MostRank ? $"{nameof(Rank)} is {Rank}; it must be from 1 to {LoraConfig.MostRank}"
        : !double.IsFinite(Alpha) || Alpha <= 0 ? $"{nameof(Alpha)} is {Alpha}; it must be positive"
        : Dropout is not (>= 0 and < 1) ? $"{nameof(Dropout)} is {Dropout}; it must be from 0 to below 1"
        : TargetPattern is null && (Targets is null || Targets.Count == 0 || Targets.Any(string.IsNullOrWhiteSpace)) ? $"{nameof(Targets)} is empty or holds an empty name"
        : TargetPattern is null && Targets.Count > 1 && Targets.Contains(AllLinear) ? $"{nameof(Targets)} holds '{AllLinear}' beside names; it stands alone"
        : null;
}
