using VlmMlNet.Files;

namespace VlmMlNet.Tests.Files;

public sealed class FolderReplacementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.File("out");

    private void Replace(string content, Action<string, string>? move = null, params string[] obsolete)
    {
        using var output = OutputFolder.Claim(Out);
        new FolderReplacement(output) { Move = move ?? Directory.Move }.Write(folder =>
        {
            foreach (string name in (string[])["a", "b", "last"])
                File.WriteAllText(Path.Combine(folder, name), content);
        }, obsolete, last: "last");
    }

    private Dictionary<string, string> Content() => Directory.EnumerateFileSystemEntries(Out).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);

    private static Dictionary<string, string> All(string content) => new() { ["a"] = content, ["b"] = content, ["last"] = content };

    [Fact]
    public void New_files_take_the_places_of_old_ones_and_others_stay()
    {
        Replace("old");
        File.WriteAllText(Path.Combine(Out, "notes"), "mine");
        File.WriteAllText(Path.Combine(Out, "c"), "of the old");
        Replace("new", obsolete: ["a", "c"]);
        Assert.Equal(new Dictionary<string, string>(All("new")) { ["notes"] = "mine" }, Content());
    }

    [Fact]
    public void The_folder_itself_is_never_renamed()
    {
        // So that it may be a mounted disk, and the folder around it need not be writable.
        Replace("old");
        var moves = new List<(string From, string To)>();
        Replace("new", (from, to) =>
        {
            moves.Add((from, to));
            Directory.Move(from, to);
        });
        Assert.All(moves, move => Assert.All(new[] { move.From, move.To }, path => Assert.StartsWith(Out + "/", path, StringComparison.Ordinal)));
        Assert.Equal(["out"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whichever_renaming_fails_the_old_files_are_back(int failing)
    {
        Replace("old");
        File.WriteAllText(Path.Combine(Out, "c"), "of the old");
        var before = Content();
        int moves = 0;
        Assert.Throws<IOException>(() => Replace("new", (from, to) =>
        {
            if (moves++ == failing)
                throw new IOException("not possible");
            Directory.Move(from, to);
        }, "c"));
        Assert.Equal(failing + 1, moves);
        Assert.Equal(before, Content());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Killed_before_any_renaming_it_is_completed_by_whoever_comes_next(int before)
    {
        Replace("old");
        File.WriteAllText(Path.Combine(Out, "c"), "of the old");
        AsAKilledProcessLeavesIt(before);
        OutputFolder.Claim(Out).Dispose();
        Assert.Equal(All("new"), Content());
    }

    [Fact]
    public void Killed_while_files_were_written_it_is_as_it_was()
    {
        Replace("old");
        Directory.CreateDirectory(Path.Combine(Out, ".vlm-saving"));
        File.WriteAllText(Path.Combine(Out, ".vlm-saving", "a"), "ne");
        OutputFolder.Claim(Out).Dispose();
        Assert.Equal(All("old"), Content());
    }

    [Fact]
    public void A_failure_to_complete_keeps_what_is_complete()
    {
        Replace("old");
        AsAKilledProcessLeavesIt(3);
        // A folder in the place that the old file has to go to.
        Directory.CreateDirectory(Path.Combine(Out, ".vlm-replaced", "last", "x"));
        Assert.Throws<IOException>(() => OutputFolder.Claim(Out));
        Directory.Delete(Path.Combine(Out, ".vlm-replaced", "last"), recursive: true);
        OutputFolder.Claim(Out).Dispose();
        Assert.Equal(All("new"), Content());
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        Replace("old");
        using (var output = OutputFolder.Claim(Out))
            Assert.Throws<FormatException>(() => new FolderReplacement(output).Write(folder =>
            {
                File.WriteAllText(Path.Combine(folder, "a"), "new");
                throw new FormatException();
            }, [], last: "last"));
        Assert.Equal(All("old"), Content());
    }

    // A renaming that does not come back, as in a killed process, and the copy of the folder at that moment.
    private void AsAKilledProcessLeavesIt(int before)
    {
        string copy = _folder.File("copy");
        int moves = 0;
        Replace("new", (from, to) =>
        {
            if (moves++ == before)
                Copy(Out, copy);
            Directory.Move(from, to);
        }, "c");
        if (!Directory.Exists(copy))
            return; // there were no more renamings
        Directory.Delete(Out, recursive: true);
        Directory.Move(copy, Out);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != ".vlm-lock"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    public void Dispose() => _folder.Dispose();
}
