namespace VlmMlNet.Training;

/// <summary>By what one validation is better than another.</summary>
public enum ValidationMeasure
{
    /// <summary>The validation loss: less is better.</summary>
    Loss,

    /// <summary>The score, such as CIDEr: more is better.</summary>
    Score,
}
