using VlmMlNet.Files;

namespace VlmMlNet.Tests.Files;

public sealed class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_folder_is_held_by_one_at_a_time_whatever_its_name()
    {
        string path = _folder.File("out"), link = _folder.File("link");
        Directory.CreateSymbolicLink(link, path);
        using (OutputFolder.Claim(path))
        {
            Assert.Equal($"{path} is being written by another process. Wait until that has ended, or give another folder.", Assert.Throws<IOException>(() => OutputFolder.Claim(path)).Message);
            Assert.StartsWith($"{link} is being written by another process.", Assert.Throws<IOException>(() => OutputFolder.Claim(link)).Message, StringComparison.Ordinal);
        }
        OutputFolder.Claim(path).Dispose();
    }

    [Fact]
    public async Task Of_many_that_begin_at_the_same_moment_exactly_one_has_the_folder()
    {
        const int Rivals = 8;
        for (int round = 0; round < 100; round++)
        {
            string path = _folder.File($"out{round % 5}");
            using var start = new Barrier(Rivals);
            using var end = new Barrier(Rivals);
            int held = 0;
            await Task.WhenAll(Enumerable.Range(0, Rivals).Select(_ => Task.Factory.StartNew(() =>
            {
                start.SignalAndWait();
                var claimed = TryClaim(path);
                if (claimed is not null)
                    Interlocked.Increment(ref held);
                end.SignalAndWait(); // nobody lets go before all have tried
                claimed?.Dispose();
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Equal(1, held);
        }
    }

    [Fact]
    public async Task While_folders_are_taken_and_left_all_the_time_nobody_shares_one()
    {
        string path = _folder.File("out");
        int inside = 0, most = 0, taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < 3000; i++)
            {
                using var claimed = TryClaim(path);
                if (claimed is null)
                    continue;
                Interlocked.Increment(ref taken);
                if (Interlocked.Increment(ref inside) > 1)
                    Interlocked.Increment(ref most);
                Thread.SpinWait(50);
                Interlocked.Decrement(ref inside);
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(0, most);
        Assert.InRange(taken, 1, 8 * 3000);
    }

    // Null where another holds it; every other error is one.
    private static OutputFolder? TryClaim(string path)
    {
        try
        {
            return OutputFolder.Claim(path);
        }
        catch (IOException e) when (e.Message.Contains("is being written by another process", StringComparison.Ordinal))
        {
            return null;
        }
    }

    [Fact]
    public void The_lock_of_a_process_that_was_killed_holds_nobody_up()
    {
        string path = Directory.CreateDirectory(_folder.File("out")).FullName;
        File.WriteAllText(Path.Combine(path, ".vlm-lock"), "");
        using (var folder = OutputFolder.Claim(path))
            Assert.True(folder.IsEmpty);
        Assert.Empty(Directory.GetFileSystemEntries(path));
    }

    [Fact]
    public void A_folder_that_was_made_for_nothing_is_removed_and_others_stay()
    {
        OutputFolder.Claim(_folder.File("new")).Dispose();
        Assert.False(Directory.Exists(_folder.File("new")));
        Directory.CreateDirectory(_folder.File("old"));
        OutputFolder.Claim(_folder.File("old")).Dispose();
        Assert.True(Directory.Exists(_folder.File("old")));
        using (var used = OutputFolder.Claim(_folder.File("used")))
            File.WriteAllText(Path.Combine(used.FullPath, "x"), "");
        Assert.Equal(["x"], Directory.GetFileSystemEntries(_folder.File("used")).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void What_cannot_be_written_is_told_at_once()
    {
        string file = _folder.Write("file", "");
        Assert.Equal($"{file} is a file. Give the name of a folder.", Assert.Throws<IOException>(() => OutputFolder.Claim(file)).Message);
        Assert.StartsWith($"{file}/below cannot be written: ", Assert.Throws<IOException>(() => OutputFolder.Claim($"{file}/below")).Message, StringComparison.Ordinal);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");
        Assert.StartsWith("/proc/below cannot be written: ", Assert.Throws<IOException>(() => OutputFolder.Claim("/proc/below")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_new_disk_holds_by_itself_does_not_count()
    {
        Directory.CreateDirectory(_folder.File("out/lost+found"));
        using var folder = OutputFolder.Claim(_folder.File("out"));
        Assert.True(folder.IsEmpty);
    }

    public void Dispose() => _folder.Dispose();
}
