namespace VlmMlNet.Data.Scenes;

/// <summary>Draws scenes at random: a single object, two side by side or one above the other, several of a kind, or
/// several of a kind with another object.</summary>
internal sealed class SceneGenerator
{
    private static readonly double[] s_layoutWeights = [0.25, 0.37, 0.22, 0.16];
    private readonly SceneKind[] _seen;
    private readonly SceneKind[] _heldOut;

    public SceneGenerator(int seed, int heldOutCount)
    {
        HeldOut = ChooseHeldOut(seed, heldOutCount);
        _heldOut = [.. HeldOut];
        _seen = [.. AllKinds().Except(HeldOut)];
    }

    /// <summary>The combinations that only test scenes show.</summary>
    public IReadOnlyList<SceneKind> HeldOut { get; }

    /// <summary>All combinations of colour and shape.</summary>
    public static IEnumerable<SceneKind> AllKinds() =>
        from color in Enum.GetValues<SceneColor>()
        from shape in Enum.GetValues<SceneShape>()
        select new SceneKind(color, shape);

    /// <summary>A scene without any held-out combination.</summary>
    public Scene DrawSeen(SceneRandom random) => Draw(random, random.Pick(_seen), _seen);

    /// <summary>A scene with at least one held-out combination; its other kind, where it has one, is any.</summary>
    public Scene DrawHeldOut(SceneRandom random) =>
        Draw(random, random.Pick(_heldOut), random.Chance(0.5) && _heldOut.Length > 1 ? _heldOut : _seen);

    /// <summary>One combination per colour and per shape until all have one, so that no part is starved in training.</summary>
    private static List<SceneKind> ChooseHeldOut(int seed, int count)
    {
        var random = new SceneRandom(seed, 0, 0);
        SceneShape[] shapes = Enum.GetValues<SceneShape>();
        random.Shuffle<SceneShape>(shapes);
        SceneColor[] colors = Enum.GetValues<SceneColor>();
        random.Shuffle<SceneColor>(colors);
        var kinds = new List<SceneKind>(count);
        for (int i = 0; i < count; i++)
            kinds.Add(new SceneKind(colors[i % colors.Length], shapes[(i + i / colors.Length) % shapes.Length]));
        return kinds;
    }

    private static Scene Draw(SceneRandom random, SceneKind kind, SceneKind[] others)
    {
        var background = random.Pick<SceneBackground>();
        SceneSize size = random.Pick<SceneSize>();
        SceneGroup[] groups;
        var relation = SceneRelation.None;
        switch (random.PickIndex(s_layoutWeights))
        {
            case 0:
                groups = [new(kind, size, [random.Pick<ScenePosition>()])];
                break;
            case 1:
                relation = random.Chance(0.5) ? SceneRelation.LeftOf : SceneRelation.Above;
                groups = InRandomOrder(random, kind, Other(random, kind, others), first: One(relation, first: true), second: One(relation, first: false));
                break;
            case 2:
                groups = [new(kind, size, Several(random, 2 + random.PickIndex([0.4, 0.3, 0.3])))];
                break;
            default:
                groups = SeveralAndOne(random, kind, Other(random, kind, others), out relation);
                break;
        }
        return new Scene(background, groups, relation, random.NextUInt64());
    }

    private static SceneGroup[] InRandomOrder(
        SceneRandom random, SceneKind kind, SceneKind other, IReadOnlyList<ScenePosition> first, IReadOnlyList<ScenePosition> second)
    {
        if (random.Chance(0.5))
            (kind, other) = (other, kind);
        return [new(kind, random.Pick<SceneSize>(), first), new(other, random.Pick<SceneSize>(), second)];
    }

    private static SceneGroup[] SeveralAndOne(SceneRandom random, SceneKind kind, SceneKind other, out SceneRelation relation)
    {
        if (random.Chance(0.4))
        {
            relation = SceneRelation.None;
            ScenePosition[] corners = Corners();
            random.Shuffle<ScenePosition>(corners);
            ScenePosition[] three = corners[..3];
            Array.Sort(three);
            return InRandomOrder(random, kind, other, three, corners[3..]);
        }
        relation = random.Chance(0.5) ? SceneRelation.LeftOf : SceneRelation.Above;
        return random.Chance(0.5)
            ? InRandomOrder(random, kind, other, Two(relation, first: true), One(relation, first: false))
            : InRandomOrder(random, kind, other, One(relation, first: true), Two(relation, first: false));
    }

    /// <summary>A kind that differs from <paramref name="kind"/>.</summary>
    private static SceneKind Other(SceneRandom random, SceneKind kind, SceneKind[] others)
    {
        SceneKind other;
        do
            other = random.Pick(others);
        while (other == kind);
        return other;
    }

    private static ScenePosition[] Several(SceneRandom random, int count)
    {
        if (count == 2)
            return random.Chance(0.5) ? [ScenePosition.Left, ScenePosition.Right] : [ScenePosition.Top, ScenePosition.Bottom];
        ScenePosition[] corners = Corners();
        return count == 4 ? corners : [.. corners.Except([random.Pick(corners)])];
    }

    private static ScenePosition[] Corners() =>
        [ScenePosition.TopLeft, ScenePosition.TopRight, ScenePosition.BottomLeft, ScenePosition.BottomRight];

    private static ScenePosition[] One(SceneRelation relation, bool first) => relation == SceneRelation.LeftOf
        ? [first ? ScenePosition.Left : ScenePosition.Right]
        : [first ? ScenePosition.Top : ScenePosition.Bottom];

    private static ScenePosition[] Two(SceneRelation relation, bool first) => (relation, first) switch
    {
        (SceneRelation.LeftOf, true) => [ScenePosition.TopLeft, ScenePosition.BottomLeft],
        (SceneRelation.LeftOf, false) => [ScenePosition.TopRight, ScenePosition.BottomRight],
        (_, true) => [ScenePosition.TopLeft, ScenePosition.TopRight],
        (_, false) => [ScenePosition.BottomLeft, ScenePosition.BottomRight],
    };
}
