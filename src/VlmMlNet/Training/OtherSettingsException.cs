namespace VlmMlNet.Training;

/// <summary>A run was to be continued with settings that it was not begun with.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="isFinished">Whether nothing of it is left to do.</param>
/// <param name="differences">What differs.</param>
internal sealed class OtherSettingsException(string folder, bool isFinished, IReadOnlyList<SettingDifference> differences)
    : InvalidOperationException($"{folder} holds a {(isFinished ? "finished run" : "run")} that was begun with other settings: {string.Join(", ", differences)}. Continue it with the same ones, or train into another folder; its model can be the start of another run.")
{
    /// <summary>Whether nothing of the run is left to do.</summary>
    public bool IsFinished { get; } = isFinished;

    /// <summary>What differs.</summary>
    public IReadOnlyList<SettingDifference> Differences { get; } = differences;
}
