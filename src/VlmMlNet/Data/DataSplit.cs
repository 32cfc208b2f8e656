namespace VlmMlNet.Data;

/// <summary>A part of a data set that names the part of each row.</summary>
public enum DataSplit
{
    /// <summary>All rows.</summary>
    All,

    /// <summary>The rows to train on; of COCO's Karpathy split both <c>train</c> and <c>restval</c>, as the field does.</summary>
    Train,

    /// <summary>The rows to choose settings by.</summary>
    Validation,

    /// <summary>The rows to report scores on.</summary>
    Test,
}
