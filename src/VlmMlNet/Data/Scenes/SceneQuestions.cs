namespace VlmMlNet.Data.Scenes;

/// <summary>Asks about scenes so that guessing does not pay: among the questions that a scene allows it prefers those
/// whose answer was given least so far. One instance per split, asked scene by scene.</summary>
internal sealed class SceneQuestions
{
    private static readonly SceneQuestionType[] s_types = Enum.GetValues<SceneQuestionType>();

    // In the order of the types. A question about existence is always possible; the others are not.
    private static readonly double[] s_typeWeights = [0.18, 0.14, 0.14, 0.2, 0.1, 0.08, 0.08, 0.08];
    private readonly Dictionary<(SceneQuestionType, string), int> _given = [];
    private readonly SceneKind[] _mentionable;

    /// <param name="mentionable">The kinds that a question may name although the scene does not show them. In training
    /// these exclude the held-out ones, or the model would learn that those never exist.</param>
    public SceneQuestions(IEnumerable<SceneKind> mentionable) => _mentionable = [.. mentionable];

    /// <summary>Up to <paramref name="count"/> different questions, of different types while those last.</summary>
    public IReadOnlyList<SceneQuestion> Ask(Scene scene, int count, SceneRandom random)
    {
        var candidates = new List<SceneQuestion>();
        Span<double> weights = stackalloc double[s_types.Length];
        s_typeWeights.CopyTo(weights);
        var asked = new List<SceneQuestion>(count);
        int barren = 0;
        while (asked.Count < count && barren < s_types.Length)
        {
            int type = random.PickIndex(weights);
            // Taken types come again only after all others.
            weights[type] *= 1e-6;
            candidates.Clear();
            AddCandidates(candidates, s_types[type], scene, random);
            candidates.RemoveAll(asked.Contains);
            if (candidates.Count == 0)
            {
                barren++;
                continue;
            }
            barren = 0;
            SceneQuestion question = LeastGiven(candidates, random);
            _given[(question.Type, question.Answer)] = Given(question) + 1;
            asked.Add(question);
        }
        return asked;
    }

    private SceneQuestion LeastGiven(List<SceneQuestion> candidates, SceneRandom random)
    {
        int least = candidates.Min(Given);
        candidates.RemoveAll(candidate => Given(candidate) > least);
        return random.Pick(candidates);
    }

    private int Given(SceneQuestion question) => _given.GetValueOrDefault((question.Type, question.Answer));

    private void AddCandidates(List<SceneQuestion> list, SceneQuestionType type, Scene scene, SceneRandom random)
    {
        switch (type)
        {
            case SceneQuestionType.Color:
                AddColors(list, scene, random);
                break;
            case SceneQuestionType.Shape:
                AddShapes(list, scene);
                break;
            case SceneQuestionType.Count:
                AddCounts(list, scene, random);
                break;
            case SceneQuestionType.Exists:
                AddExistences(list, scene, random);
                break;
            case SceneQuestionType.Position:
                AddPositions(list, scene);
                break;
            case SceneQuestionType.Size:
                AddSizes(list, scene, random);
                break;
            case SceneQuestionType.Relation:
                AddRelations(list, scene);
                break;
            default:
                AddObjects(list, scene);
                break;
        }
    }

    private static void AddColors(List<SceneQuestion> list, Scene scene, SceneRandom random)
    {
        foreach (SceneGroup group in scene.Groups)
        {
            if (scene.Groups.Count(other => other.Shape == group.Shape) > 1)
                continue;
            string shape = SceneWords.Plural(SceneWords.Of(group.Shape), group.Count);
            list.Add(new(SceneQuestionType.Color,
                random.Chance(0.3) ? $"Which color {IsOrAre(group)} the {shape}?" : $"What color {IsOrAre(group)} the {shape}?",
                SceneWords.Of(group.Color)));
        }
    }

    private static void AddShapes(List<SceneQuestion> list, Scene scene)
    {
        foreach (SceneGroup group in scene.Groups)
        {
            if (scene.Groups.Count(other => other.Color == group.Color) > 1)
                continue;
            list.Add(new(SceneQuestionType.Shape,
                $"What shape {IsOrAre(group)} the {SceneWords.Of(group.Color)} {SceneWords.Plural("object", group.Count)}?",
                SceneWords.Of(group.Shape)));
        }
    }

    private static void AddCounts(List<SceneQuestion> list, Scene scene, SceneRandom random)
    {
        list.Add(new(SceneQuestionType.Count,
            random.Chance(0.5) ? "How many objects are there?" : "How many objects does the picture show?",
            SceneWords.Number(scene.ObjectCount)));
        foreach (SceneGroup group in scene.Groups)
        {
            string shapes = SceneWords.Plural(SceneWords.Of(group.Shape), 2);
            int sameShape = scene.Groups.Where(other => other.Shape == group.Shape).Sum(other => other.Count);
            list.Add(new(SceneQuestionType.Count, $"How many {shapes} are there?", SceneWords.Number(sameShape)));
            list.Add(new(SceneQuestionType.Count, $"How many {SceneWords.Of(group.Color)} {shapes} are there?", SceneWords.Number(group.Count)));
        }
    }

    private void AddExistences(List<SceneQuestion> list, Scene scene, SceneRandom random)
    {
        SceneKind shown = random.Pick(scene.Groups).Kind;
        // Half of the absent kinds share a part with what is there: neither colour nor shape alone gives them away.
        bool near = random.Chance(0.5);
        SceneKind[] absent = [.. _mentionable.Where(kind => scene.Groups.All(group => group.Kind != kind) &&
            (!near || kind.Color == shown.Color || kind.Shape == shown.Shape))];
        list.Add(new(SceneQuestionType.Exists, $"Is there {SceneWords.WithArticle(SceneWords.Of(shown))}?", "yes"));
        if (absent.Length > 0)
            list.Add(new(SceneQuestionType.Exists, $"Is there {SceneWords.WithArticle(SceneWords.Of(random.Pick(absent)))}?", "no"));
    }

    private static void AddPositions(List<SceneQuestion> list, Scene scene)
    {
        foreach (SceneGroup group in scene.Groups.Where(group => group.Count == 1))
            list.Add(new(SceneQuestionType.Position, $"Where is the {Definite(scene, group)}?", SceneWords.Of(group.Positions[0])));
    }

    private static void AddSizes(List<SceneQuestion> list, Scene scene, SceneRandom random)
    {
        foreach (SceneGroup group in scene.Groups)
        {
            list.Add(new(SceneQuestionType.Size,
                $"{(group.Count == 1 ? "Is" : "Are")} the {Definite(scene, group)} large or small?", SceneWords.Of(group.Size)));
        }
        if (scene.Groups is [{ Count: 1 } first, { Count: 1 } second] && first.Size != second.Size && first.Shape != second.Shape)
        {
            SceneGroup bigger = first.Size > second.Size ? first : second;
            string one = SceneWords.Of(first.Shape), other = SceneWords.Of(second.Shape);
            if (random.Chance(0.5))
                (one, other) = (other, one);
            list.Add(new(SceneQuestionType.Size, $"Which is bigger, the {one} or the {other}?", SceneWords.Of(bigger.Shape)));
        }
    }

    private static void AddRelations(List<SceneQuestion> list, Scene scene)
    {
        if (scene.Relation == SceneRelation.None)
            return;
        SceneGroup first = scene.Groups[0], second = scene.Groups[1];
        Add(first, SceneWords.Of(scene.Relation), second);
        Add(second, SceneWords.Of(scene.Relation, reversed: true), first);

        void Add(SceneGroup asked, string relation, SceneGroup known)
        {
            string phrase = $"{IsOrAre(asked)} {relation} the {Definite(scene, known)}";
            list.Add(new(SceneQuestionType.Relation, $"What shape {phrase}?", SceneWords.Of(asked.Shape)));
            list.Add(new(SceneQuestionType.Relation,
                $"What color {IsOrAre(asked)} the {SceneWords.Plural("object", asked.Count)} {relation} the {Definite(scene, known)}?",
                SceneWords.Of(asked.Color)));
        }
    }

    private static void AddObjects(List<SceneQuestion> list, Scene scene)
    {
        foreach (SceneGroup group in scene.Groups.Where(group => group.Count == 1))
            list.Add(new(SceneQuestionType.Object, $"What is {SceneWords.Phrase(group.Positions[0])}?", SceneWords.Of(group.Kind)));
    }

    /// <summary>The shortest name that fits one group only: "star", or "red star" beside another star.</summary>
    private static string Definite(Scene scene, SceneGroup group)
    {
        string shape = SceneWords.Plural(SceneWords.Of(group.Shape), group.Count);
        return scene.Groups.Count(other => other.Shape == group.Shape) > 1 ? $"{SceneWords.Of(group.Color)} {shape}" : shape;
    }

    private static string IsOrAre(SceneGroup group) => group.Count == 1 ? "is" : "are";
}
