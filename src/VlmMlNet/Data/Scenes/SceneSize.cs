namespace VlmMlNet.Data.Scenes;

/// <summary>How much of the picture an object takes.</summary>
internal enum SceneSize
{
    Small,
    Large,
}
