namespace VlmMlNet.Data.Scenes;

/// <summary>Short descriptions as different people give them: true, but with other words, in another order, and each with
/// something left out.</summary>
internal static class SceneCaption
{
    /// <summary>One person's caption.</summary>
    public static string Of(Scene scene, SceneRandom random)
    {
        string text = scene.Groups.Count == 1
            ? OfOneGroup(scene.Groups[0], scene.Background, random)
            : OfTwoGroups(scene, random);
        return random.Chance(0.6) ? $"{char.ToUpperInvariant(text[0])}{text[1..]}." : text;
    }

    private static string OfOneGroup(SceneGroup group, SceneBackground background, SceneRandom random)
    {
        string name = Name(group, random);
        if (group.Count > 1)
        {
            string where = SceneWords.Phrase(group.Positions);
            return random.PickIndex([0.4, 0.25, 0.15, 0.1, 0.1]) switch
            {
                0 => name,
                1 => $"{name} {where}",
                2 => $"there are {name}",
                3 => $"a picture of {name}",
                _ => $"{name} on a {SceneWords.Of(background)} background",
            };
        }
        string place = Place(group.Positions[0], random);
        return random.PickIndex([0.45, 0.15, 0.2, 0.1, 0.1]) switch
        {
            0 => $"{name} {place}",
            1 => $"there is {name} {place}",
            2 => name,
            3 => $"a picture of {name}",
            _ => $"{name} on a {SceneWords.Of(background)} background",
        };
    }

    private static string OfTwoGroups(Scene scene, SceneRandom random)
    {
        SceneGroup first = scene.Groups[0], second = scene.Groups[1];
        string one = Name(first, random), other = Name(second, random);
        if (scene.Relation == SceneRelation.None)
        {
            return random.PickIndex([0.6, 0.15, 0.15, 0.1]) switch
            {
                0 => $"{one} and {other}",
                1 => $"{other} and {one}",
                2 => $"there {IsOrAre(first)} {one} and {other}",
                _ => random.Chance(0.5) ? one : other,
            };
        }
        return random.PickIndex([0.42, 0.12, 0.2, 0.1, 0.08, 0.08]) switch
        {
            0 => $"{one} {Relation(scene.Relation, reversed: false, random)} {other}",
            1 => $"{other} {Relation(scene.Relation, reversed: true, random)} {one}",
            2 => $"{one} and {other}",
            3 => $"{one} {SceneWords.Phrase(first.Positions)} and {other} {SceneWords.Phrase(second.Positions)}",
            4 => $"there {IsOrAre(first)} {one} and {other}",
            _ => random.Chance(0.5) ? one : other,
        };
    }

    private static string Name(SceneGroup group, SceneRandom random)
    {
        string shape = SceneWords.Plural(Shape(group.Shape, random), group.Count);
        string color = group.Color == SceneColor.Purple && random.Chance(0.15) ? "violet" : SceneWords.Of(group.Color);
        string name = random.Chance(0.4) ? $"{Size(group.Size, random)} {color} {shape}" : $"{color} {shape}";
        return group.Count == 1 ? SceneWords.WithArticle(name) : $"{SceneWords.Number(group.Count)} {name}";
    }

    private static string Shape(SceneShape shape, SceneRandom random)
    {
        string? synonym = shape switch
        {
            SceneShape.Circle => "dot",
            SceneShape.Square => "box",
            SceneShape.Cross => "plus",
            SceneShape.Ring => "hoop",
            _ => null,
        };
        return synonym is not null && random.Chance(0.15) ? synonym : SceneWords.Of(shape);
    }

    private static string Size(SceneSize size, SceneRandom random) => size == SceneSize.Large
        ? random.Chance(0.3) ? "big" : "large"
        : random.PickIndex([0.7, 0.2, 0.1]) switch { 0 => "small", 1 => "little", _ => "tiny" };

    private static string Place(ScenePosition position, SceneRandom random) => position switch
    {
        ScenePosition.Center => random.Chance(0.3) ? "in the middle" : "in the center",
        ScenePosition.Left or ScenePosition.Right when random.Chance(0.2) => $"on the {SceneWords.Of(position)} side",
        _ => SceneWords.Phrase(position),
    };

    private static string Relation(SceneRelation relation, bool reversed, SceneRandom random) => (relation, reversed) switch
    {
        (SceneRelation.LeftOf, _) when random.Chance(0.25) => $"to the {SceneWords.Of(relation, reversed)}",
        (SceneRelation.LeftOf, _) when random.Chance(0.15) => "next to",
        (SceneRelation.Above, false) when random.Chance(0.2) => "over",
        (SceneRelation.Above, true) when random.Chance(0.2) => "under",
        _ => SceneWords.Of(relation, reversed),
    };

    private static string IsOrAre(SceneGroup group) => group.Count == 1 ? "is" : "are";
}
