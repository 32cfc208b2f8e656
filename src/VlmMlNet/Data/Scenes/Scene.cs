namespace VlmMlNet.Data.Scenes;

/// <summary>What a picture shows: one or two groups of objects, of different kinds, four objects at most.</summary>
/// <param name="Background">The colour behind.</param>
/// <param name="Groups">In the order of description: the left one or the upper one first.</param>
/// <param name="Relation">How the first group lies to the second.</param>
/// <param name="JitterSeed">What the renderer varies without changing the description: exact place, size, turn and hue.</param>
internal sealed record Scene(
    SceneBackground Background, IReadOnlyList<SceneGroup> Groups, SceneRelation Relation, ulong JitterSeed)
{
    public int ObjectCount => Groups.Sum(group => group.Count);
}
