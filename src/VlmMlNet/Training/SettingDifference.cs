namespace VlmMlNet.Training;

/// <summary>A setting that training cannot be continued with.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Saved">What the training was begun with.</param>
/// <param name="Now">What it is to be continued with.</param>
internal sealed record SettingDifference(string Name, string Saved, string Now)
{
    public override string ToString() => $"{Name} {Saved} (now {Now})";
}
