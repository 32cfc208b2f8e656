namespace VlmMlNet.Data.Mixtures;

/// <summary>From where a <see cref="RowSampling"/> takes rows.</summary>
public enum SamplingStrategy
{
    /// <summary>All rows.</summary>
    All,

    /// <summary>The first ones.</summary>
    First,

    /// <summary>The last ones.</summary>
    End,

    /// <summary>Any, chosen by the recipe's seed, each set of rows with equal probability; in the order of the data set.</summary>
    Random,
}
