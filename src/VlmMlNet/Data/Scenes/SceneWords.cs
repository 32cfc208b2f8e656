namespace VlmMlNet.Data.Scenes;

/// <summary>The one regular word for everything, as recaptions, questions and answers use it.</summary>
internal static class SceneWords
{
    public static string Of(SceneColor color) => Lower(color);

    public static string Of(SceneShape shape) => Lower(shape);

    public static string Of(SceneSize size) => Lower(size);

    public static string Of(SceneBackground background) => Lower(background);

    public static string Of(SceneKind kind) => $"{Of(kind.Color)} {Of(kind.Shape)}";

    /// <summary>The place as an answer: "left", "top left", "center".</summary>
    public static string Of(ScenePosition position) => position switch
    {
        ScenePosition.TopLeft => "top left",
        ScenePosition.TopRight => "top right",
        ScenePosition.BottomLeft => "bottom left",
        ScenePosition.BottomRight => "bottom right",
        _ => Lower(position),
    };

    /// <summary>The place as a phrase: "on the left", "in the top left corner", "in the center".</summary>
    public static string Phrase(ScenePosition position) => position switch
    {
        ScenePosition.Left or ScenePosition.Right => $"on the {Of(position)}",
        ScenePosition.Top or ScenePosition.Bottom => $"at the {Of(position)}",
        ScenePosition.Center => "in the center",
        _ => $"in the {Of(position)} corner",
    };

    /// <summary>Where several of a kind lie: one phrase for every arrangement that the generator makes.</summary>
    public static string Phrase(IReadOnlyList<ScenePosition> positions) => positions switch
    {
        [var one] => Phrase(one),
        [ScenePosition.Left, _] => "side by side",
        [ScenePosition.Top, _] => "one above the other",
        [ScenePosition.TopLeft, ScenePosition.TopRight] => Phrase(ScenePosition.Top),
        [ScenePosition.TopLeft, ScenePosition.BottomLeft] => Phrase(ScenePosition.Left),
        [ScenePosition.TopRight, ScenePosition.BottomRight] => Phrase(ScenePosition.Right),
        [ScenePosition.BottomLeft, ScenePosition.BottomRight] => Phrase(ScenePosition.Bottom),
        [_, _, _] => "in three corners",
        _ => "in the four corners",
    };

    public static string Number(int count) => count switch
    {
        1 => "one",
        2 => "two",
        3 => "three",
        4 => "four",
        _ => throw new ArgumentOutOfRangeException(nameof(count), count, "A scene has one to four objects."),
    };

    /// <summary>"circle" or "circles".</summary>
    public static string Plural(string noun, int count) => count == 1 ? noun : noun is "cross" or "box" or "plus" ? noun + "es" : noun + "s";

    /// <summary>"a red circle", "an orange circle".</summary>
    public static string WithArticle(string phrase) => (phrase[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + phrase;

    /// <summary>How the first lies to the second: "left of", "above"; and the second to the first when reversed.</summary>
    public static string Of(SceneRelation relation, bool reversed = false) => (relation, reversed) switch
    {
        (SceneRelation.LeftOf, false) => "left of",
        (SceneRelation.LeftOf, true) => "right of",
        (SceneRelation.Above, false) => "above",
        (SceneRelation.Above, true) => "below",
        _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "There is no direction to name."),
    };

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
