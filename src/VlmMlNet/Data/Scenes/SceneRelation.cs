namespace VlmMlNet.Data.Scenes;

/// <summary>How a scene's first group of objects lies to its second.</summary>
internal enum SceneRelation
{
    /// <summary>No single direction, or only one group.</summary>
    None,
    LeftOf,
    Above,
}
