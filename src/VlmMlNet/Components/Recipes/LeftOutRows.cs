namespace VlmMlNet.Components.Recipes;

/// <summary>Counts the rows that an evaluation leaves out, and tells why.</summary>
/// <param name="skipsBadRows">Whether bad rows are left out, as unreadable pictures are, instead of ending the evaluation.</param>
/// <param name="told">Receives the reasons; null for nobody.</param>
internal sealed class LeftOutRows(bool skipsBadRows, Action<string>? told)
{
    public bool SkipsBadRows { get; } = skipsBadRows;

    public long Count { get; private set; }

    public void Add(string reason)
    {
        Count++;
        told?.Invoke(reason);
    }
}
