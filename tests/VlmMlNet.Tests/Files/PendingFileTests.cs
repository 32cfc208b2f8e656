using VlmMlNet.Files;

namespace VlmMlNet.Tests.Files;

public sealed class PendingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_file_appears_when_it_is_committed_over_what_was_there()
    {
        string path = _folder.Write("x", "old");
        using (var file = new PendingFile(path))
        {
            file.Stream.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(path));
            file.Commit();
        }
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_not_committed_leaves_nothing_behind()
    {
        string path = _folder.Write("x", "old");
        Assert.Throws<FormatException>(() => PendingFile.Write(path, length: 100, stream =>
        {
            stream.Write("half"u8);
            throw new FormatException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_cannot_be_written_is_named_by_its_own_name()
    {
        string folder = Directory.CreateDirectory(_folder.File("taken")).FullName;
        string message = Assert.Throws<IOException>(() => PendingFile.Write(folder, "content"u8.ToArray())).Message;
        Assert.StartsWith($"{folder}: 7 bytes could not be written: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp-", message, StringComparison.Ordinal);
        string nowhere = Path.Combine(_folder.Path, "nowhere", "x");
        Assert.Equal($"There is no folder {Path.GetDirectoryName(nowhere)} to write x to.", Assert.Throws<DirectoryNotFoundException>(() => new PendingFile(nowhere)).Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_link_stays_one_and_the_file_behind_it_is_replaced()
    {
        string path = _folder.Write("x", "old");
        File.CreateSymbolicLink(_folder.File("link"), "x");
        PendingFile.Write(_folder.File("link"), "new"u8.ToArray());
        Assert.Equal("x", new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_device_is_not_replaced_by_a_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        File.CreateSymbolicLink(_folder.File("link"), "/dev/full");
        foreach (string path in (string[])["/dev/full", _folder.File("link")])
            Assert.Equal($"{path} is a device, not a regular file: it cannot be replaced. Give the name of a file.", Assert.Throws<IOException>(() => new PendingFile(path)).Message);
    }

    [Fact]
    public void What_killed_processes_left_of_a_file_is_removed()
    {
        string path = _folder.Write("x", "old"), other = _folder.Write("x2.tmp-abc", "");
        _folder.Write("x.tmp-abc", "ne");
        PendingFile.RemoveLeftovers(path);
        PendingFile.RemoveLeftovers(_folder.File("nowhere/x"));
        Assert.Equal([path, other], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();
}
