namespace VlmMlNet.Text;

/// <summary>Where shorter rows of a batch are filled up.</summary>
public enum PaddingSide
{
    /// <summary>Before the row: generation, where all rows go on from the last column.</summary>
    Left,

    /// <summary>Behind the row: training.</summary>
    Right,
}
