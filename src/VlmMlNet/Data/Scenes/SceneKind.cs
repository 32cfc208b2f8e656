namespace VlmMlNet.Data.Scenes;

/// <summary>A combination of colour and shape: what a held-out set is made of.</summary>
internal readonly record struct SceneKind(SceneColor Color, SceneShape Shape);
