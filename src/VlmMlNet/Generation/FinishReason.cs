namespace VlmMlNet.Generation;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it, or a stop sequence did.</summary>
    Stop,

    /// <summary>It has the most tokens that were allowed.</summary>
    Length,
}
