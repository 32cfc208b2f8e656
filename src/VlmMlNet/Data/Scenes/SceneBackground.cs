namespace VlmMlNet.Data.Scenes;

/// <summary>The colour behind the objects: pale, and never the colour of an object.</summary>
internal enum SceneBackground
{
    White,
    Gray,
    Beige,
}
