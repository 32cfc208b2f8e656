using VlmMlNet.Files;

namespace VlmMlNet.Tests.Files;

public sealed class ResolvedPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _real;

    public ResolvedPathTests() => _real = Directory.CreateDirectory(_folder.File("real")).FullName;

    [Fact]
    public void Every_spelling_of_a_folder_is_the_same()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _real);
        Directory.CreateSymbolicLink(_folder.File("relative"), "./link/../real");
        Directory.CreateSymbolicLink(_folder.File("parent"), _folder.Path);
        foreach (string other in (string[])[_real + "/", _real + "/.", _folder.File("link"), _folder.File("link") + "/", _folder.File("relative"), _folder.File("parent/real"),
            _folder.File("parent/link"), _folder.File("parent/parent/relative"), Path.GetRelativePath(Directory.GetCurrentDirectory(), _real), _folder.File("none/../real")])
            Assert.True(ResolvedPath.AreSame(_real, other), other);
        Assert.False(ResolvedPath.AreSame(_real, _folder.File("real2")));
        Assert.False(ResolvedPath.AreSame(_real, _folder.File("link/real")));
    }

    [Fact]
    public void What_does_not_exist_yet_lies_behind_the_links_on_the_way()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _real);
        Directory.CreateSymbolicLink(_folder.File("dangling"), "real/later");
        Assert.Equal(Path.Combine(_real, "a", "b"), ResolvedPath.Of(_folder.File("link/a/b")));
        Assert.Equal(Path.Combine(_real, "later", "c"), ResolvedPath.Of(_folder.File("dangling/c")));
    }

    [Fact]
    public void Links_in_a_circle_are_an_error()
    {
        Directory.CreateSymbolicLink(_folder.File("a"), "b");
        Directory.CreateSymbolicLink(_folder.File("b"), "a");
        Assert.Contains("in a circle", Assert.Throws<IOException>(() => ResolvedPath.Of(_folder.File("a/x"))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
