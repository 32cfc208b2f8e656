using System.Text.RegularExpressions;

namespace VlmMlNet.Tests.Data.Scenes;

/// <summary>What a recaption says, read back word by word: the tests judge texts by this alone, not by the generator.</summary>
internal sealed partial record ReadScene(string Background, IReadOnlyList<ReadScene.Group> Groups, string? Relation)
{
    internal sealed record Group(int Count, string Size, string Color, string Shape, string Place)
    {
        public string Plural => Count == 1 ? Shape : Shape is "cross" ? "crosses" : Shape + "s";
    }

    private static readonly string[] s_numbers = ["none", "one", "two", "three", "four"];

    public int Total => Groups.Sum(group => group.Count);

    public static string Number(int count) => s_numbers[count];

    public static ReadScene Of(string recaption)
    {
        Match match = Whole().Match(recaption);
        Assert.True(match.Success, recaption);
        Group[] groups = [.. match.Groups["group"].Captures.Select(capture => ReadGroup(capture.Value))];
        Assert.Equal(match.Groups["total"].Value, Number(groups.Sum(group => group.Count)));
        Assert.Equal(match.Groups["noun"].Value, groups.Sum(group => group.Count) == 1 ? "object" : "objects");
        if (!match.Groups["relation"].Success)
            return new ReadScene(match.Groups["background"].Value, groups, null);
        Assert.Equal(match.Groups["first"].Value, $"{groups[0].Color} {groups[0].Plural} {(groups[0].Count == 1 ? "is" : "are")}");
        Assert.Equal(match.Groups["second"].Value, $"{groups[1].Color} {groups[1].Plural}");
        return new ReadScene(match.Groups["background"].Value, groups, match.Groups["relation"].Value);
    }

    private static Group ReadGroup(string text)
    {
        Match match = One().Match(text);
        Assert.True(match.Success, text);
        string number = match.Groups["number"].Value, noun = match.Groups["noun"].Value;
        int count = number == "a" ? 1 : Array.IndexOf(s_numbers, number);
        string shape = count == 1 ? noun : noun == "crosses" ? "cross" : noun[..^1];
        return new Group(count, match.Groups["size"].Value, match.Groups["color"].Value, shape, match.Groups["place"].Value);
    }

    [GeneratedRegex(@"^This image shows (?<total>\w+) (?<noun>objects?) on a (?<background>\w+) background: (?<group>.+?)(?: and (?<group>(?:a|two|three|four) .+?))?\.(?: The (?<first>.+ (?:is|are)) (?<relation>left of|above) the (?<second>.+)\.)?$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(?<number>a|two|three|four) (?<size>small|large) (?<color>\w+) (?<noun>\w+) (?<place>.+)$")]
    private static partial Regex One();
}
