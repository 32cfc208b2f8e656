using System.Text.RegularExpressions;

namespace VlmMlNet.Tests.Data.Scenes;

/// <summary>Every text about a picture agrees with what its recaption says that it shows.</summary>
public sealed partial class SceneTruthTests(ScenesFixture scenes) : IClassFixture<ScenesFixture>
{
    [Fact]
    public void Captions_say_only_what_the_picture_shows()
    {
        foreach (ScenesFixture.LlavaRow row in scenes.Captions)
            CheckCaption(row.Turns[1].Value, scenes.Shown[row.Image]);
    }

    [Fact]
    public void Captions_of_a_picture_differ_and_leave_things_out()
    {
        List<List<string>> perImage = [.. scenes.Captions.GroupBy(row => row.Image).Select(rows => rows.Select(row => Plain(row.Turns[1].Value)).ToList())];
        Assert.True(perImage.Average(captions => captions.Distinct().Count()) > 3.5);
        // As with people, a part of a picture goes unsaid now and then.
        int twoGroups = 0, partial = 0;
        foreach (ScenesFixture.LlavaRow row in scenes.Captions)
        {
            if (scenes.Shown[row.Image].Groups.Count < 2)
                continue;
            twoGroups++;
            partial += Mentioned().Count(row.Turns[1].Value.ToLowerInvariant()) < 2 ? 1 : 0;
        }
        Assert.InRange((double)partial / twoGroups, 0.03, 0.2);
    }

    [Fact]
    public void Answers_are_right()
    {
        int asked = 0;
        foreach (ScenesFixture.LlavaRow row in scenes.Instructions)
        {
            for (int i = 0; i < row.Turns.Count; i += 2)
            {
                string question = row.Turns[i].Value.Replace("<image>\n", "", StringComparison.Ordinal);
                string answer = row.Turns[i + 1].Value;
                ReadScene scene = scenes.Shown[row.Image];
                if (question.EndsWith('.') || question == "What does the picture show?")
                {
                    if (answer.StartsWith("This image", StringComparison.Ordinal))
                        Assert.Equal(scenes.Recaptions.Single(other => other.Image == row.Image).Turns[1].Value, answer);
                    else
                        CheckCaption(answer, scene);
                    continue;
                }
                Assert.Equal([answer], Answers(question, scene).Distinct());
                asked++;
            }
        }
        Assert.Equal(600 * 2 * 4, asked);
    }

    [Fact]
    public void Positions_agree_with_relations()
    {
        foreach (ReadScene scene in scenes.Shown.Values.Where(scene => scene.Relation is not null))
        {
            string first = scene.Relation == "above" ? "at the top" : "on the left", second = scene.Relation == "above" ? "at the bottom" : "on the right";
            Assert.Equal(first, scene.Groups[0].Place);
            Assert.Equal(second, scene.Groups[1].Place);
        }
    }

    private static void CheckCaption(string caption, ReadScene scene)
    {
        string text = Plain(caption);
        MatchCollection mentioned = Mentioned().Matches(text);
        Assert.NotEmpty(mentioned);
        var groups = new List<ReadScene.Group>();
        foreach (Match match in mentioned)
        {
            int count = match.Groups["number"].Value is "a" or "an" ? 1 : Array.IndexOf(["", "one", "two", "three", "four"], match.Groups["number"].Value);
            string size = match.Groups["size"].Value switch { "big" => "large", "little" or "tiny" => "small", var other => other };
            string color = match.Groups["color"].Value.Replace("violet", "purple", StringComparison.Ordinal);
            string shape = Singular(match.Groups["shape"].Value) switch { "dot" => "circle", "box" => "square", "plus" => "cross", "hoop" => "ring", var other => other };
            groups.Add(Assert.Single(scene.Groups, group =>
                group.Count == count && group.Color == color && group.Shape == shape && (size.Length == 0 || group.Size == size)));
        }
        if (text.Contains("background", StringComparison.Ordinal))
            Assert.Contains($"on a {scene.Background} background", text, StringComparison.Ordinal);
        if (groups.Count < 2)
        {
            if (groups[0].Count == 1 && Place().Match(text) is { Success: true } place)
                Assert.Equal(groups[0].Place, place.Value.Replace(" side", "", StringComparison.Ordinal).Replace("middle", "center", StringComparison.Ordinal));
            return;
        }
        Match relation = Relation().Match(text);
        if (!relation.Success || relation.Value == "next to")
            return;
        bool forward = relation.Value is "left of" or "above" or "over";
        Assert.Equal(relation.Value is "left of" or "right of" ? "left of" : "above", scene.Relation);
        Assert.Same(scene.Groups[forward ? 0 : 1], groups[0]);
    }

    /// <summary>All answers that fit, worked out from the recaption.</summary>
    private static IEnumerable<string> Answers(string question, ReadScene scene)
    {
        Match m;
        if ((m = IsThere().Match(question)).Success)
            return [scene.Groups.Any(group => $"{group.Color} {group.Shape}" == m.Groups[1].Value) ? "yes" : "no"];
        if ((m = HowMany().Match(question)).Success)
        {
            string what = m.Groups[1].Value;
            return [ReadScene.Number(what == "objects" ? scene.Total : scene.Groups
                .Where(group => what.Split(' ').All(word => word == group.Color || Singular(word) == group.Shape)).Sum(group => group.Count))];
        }
        if ((m = Bigger().Match(question)).Success)
            return Named(scene, m.Groups[1].Value, m.Groups[2].Value).Where(group => group.Size == "large").Select(group => group.Shape);
        if ((m = LargeOrSmall().Match(question)).Success)
            return Named(scene, m.Groups[1].Value).Select(group => group.Size);
        if ((m = Where().Match(question)).Success)
            return Named(scene, m.Groups[1].Value).Select(group => ShortPlace(group.Place));
        if ((m = WhatIs().Match(question)).Success)
            return scene.Groups.Where(group => group.Place == m.Groups[1].Value).Select(group => $"{group.Color} {group.Shape}");
        if ((m = Related().Match(question)).Success)
        {
            ReadScene.Group known = Assert.Single(Named(scene, m.Groups[3].Value));
            bool forward = m.Groups[2].Value is "left of" or "above";
            Assert.Equal(m.Groups[2].Value is "left of" or "right of" ? "left of" : "above", scene.Relation);
            Assert.Same(scene.Groups[forward ? 1 : 0], known);
            ReadScene.Group asked = scene.Groups[forward ? 0 : 1];
            return [m.Groups[1].Value == "shape" ? asked.Shape : asked.Color];
        }
        if ((m = WhatShape().Match(question)).Success)
            return scene.Groups.Where(group => group.Color == m.Groups[1].Value).Select(group => group.Shape);
        m = WhatColor().Match(question);
        Assert.True(m.Success, question);
        return scene.Groups.Where(group => group.Plural == m.Groups[1].Value).Select(group => group.Color);
    }

    private static IEnumerable<ReadScene.Group> Named(ReadScene scene, params string[] names) =>
        scene.Groups.Where(group => names.Contains(group.Plural) || names.Contains($"{group.Color} {group.Plural}"));

    private static string ShortPlace(string place) => place
        .Replace("on the ", "", StringComparison.Ordinal).Replace("at the ", "", StringComparison.Ordinal)
        .Replace("in the ", "", StringComparison.Ordinal).Replace(" corner", "", StringComparison.Ordinal);

    private static string Plain(string caption) => caption.TrimEnd('.').ToLowerInvariant();

    private static string Singular(string noun) => noun switch
    {
        "crosses" => "cross",
        "boxes" => "box",
        "pluses" => "plus",
        "cross" or "plus" => noun,
        _ => noun.TrimEnd('s'),
    };

    [GeneratedRegex(@"\b(?<number>a|an|two|three|four) (?:(?<size>small|large|big|little|tiny) )?(?<color>red|green|blue|yellow|purple|violet|orange|black|pink) (?<shape>\w+)")]
    private static partial Regex Mentioned();

    [GeneratedRegex(@"on the (left|right)( side)?|at the (top|bottom)|in the (center|middle)|in the \w+ \w+ corner")]
    private static partial Regex Place();

    [GeneratedRegex(@"left of|right of|next to|above(?! the other)|below|over|under")]
    private static partial Regex Relation();

    [GeneratedRegex(@"^Is there an? (.+)\?$")]
    private static partial Regex IsThere();

    [GeneratedRegex(@"^How many (.+?) (?:are there|does the picture show)\?$")]
    private static partial Regex HowMany();

    [GeneratedRegex(@"^Which is bigger, the (.+) or the (.+)\?$")]
    private static partial Regex Bigger();

    [GeneratedRegex(@"^(?:Is|Are) the (.+) large or small\?$")]
    private static partial Regex LargeOrSmall();

    [GeneratedRegex(@"^Where is the (.+)\?$")]
    private static partial Regex Where();

    [GeneratedRegex(@"^What is ((?:on|at|in) .+)\?$")]
    private static partial Regex WhatIs();

    [GeneratedRegex(@"^What (shape|color) (?:is|are) (?:the objects? )?(left of|right of|above|below) the (.+)\?$")]
    private static partial Regex Related();

    [GeneratedRegex(@"^What shape (?:is|are) the (\w+) objects?\?$")]
    private static partial Regex WhatShape();

    [GeneratedRegex(@"^(?:What|Which) color (?:is|are) the (.+)\?$")]
    private static partial Regex WhatColor();
}
