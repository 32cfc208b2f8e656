namespace VlmMlNet.Data.Scenes;

/// <summary>The outline of an object.</summary>
internal enum SceneShape
{
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
    Heart,
    Ring,
    Diamond,
}
