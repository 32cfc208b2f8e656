namespace VlmMlNet.Data.Scenes;

/// <summary>The fill of an object.</summary>
internal enum SceneColor
{
    Red,
    Green,
    Blue,
    Yellow,
    Purple,
    Orange,
    Black,
    Pink,
}
