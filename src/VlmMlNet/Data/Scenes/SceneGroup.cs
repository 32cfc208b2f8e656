namespace VlmMlNet.Data.Scenes;

/// <summary>One object, or several that look the same.</summary>
internal sealed record SceneGroup(SceneKind Kind, SceneSize Size, IReadOnlyList<ScenePosition> Positions)
{
    public int Count => Positions.Count;

    public SceneColor Color => Kind.Color;

    public SceneShape Shape => Kind.Shape;
}
