namespace VlmMlNet.Data.Scenes;

/// <summary>The long regular description of a scene: everything, always in the same order and words, as a captioning
/// model rewrites the captions of a web collection.</summary>
internal static class SceneRecaption
{
    /// <summary>For example: "This image shows two objects on a white background: a large red circle on the left and a small
    /// blue star on the right. The red circle is left of the blue star."</summary>
    public static string Of(Scene scene)
    {
        int count = scene.ObjectCount;
        string text = $"This image shows {SceneWords.Number(count)} {SceneWords.Plural("object", count)} on a " +
            $"{SceneWords.Of(scene.Background)} background: {string.Join(" and ", scene.Groups.Select(Placed))}.";
        if (scene.Relation == SceneRelation.None)
            return text;
        SceneGroup first = scene.Groups[0];
        return $"{text} The {Name(first)} {(first.Count == 1 ? "is" : "are")} {SceneWords.Of(scene.Relation)} the {Name(scene.Groups[1])}.";
    }

    private static string Placed(SceneGroup group) =>
        $"{(group.Count == 1 ? "a" : SceneWords.Number(group.Count))} {SceneWords.Of(group.Size)} {Name(group)} {SceneWords.Phrase(group.Positions)}";

    private static string Name(SceneGroup group) => $"{SceneWords.Of(group.Color)} {SceneWords.Plural(SceneWords.Of(group.Shape), group.Count)}";
}
