using VlmMlNet.Files;
using VlmMlNet.Tests.Weights;

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

    public void Dispose() => _folder.Dispose();
}
