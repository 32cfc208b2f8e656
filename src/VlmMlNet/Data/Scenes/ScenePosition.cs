namespace VlmMlNet.Data.Scenes;

/// <summary>Where the middle of an object lies; a scene uses only places whose objects do not overlap.</summary>
internal enum ScenePosition
{
    Left,
    Right,
    Top,
    Bottom,
    Center,
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}
