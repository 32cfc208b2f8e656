using System.Diagnostics;
using Microsoft.ML;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Data;

namespace VlmMlNet.Tests.Files;

/// <summary>Pipes and devices in the place of files.</summary>
public sealed class RegularFileTests : DataTest
{
    private const string Row = """[{"id":"1","image":"a.jpg","conversations":[{"from":"human","value":"<image>\nWhat?"},{"from":"gpt","value":"This."}]}]""";

    [Fact]
    public void A_pipe_is_no_picture_and_is_not_opened()
    {
        string pipe = Pipe("a.jpg");
        AssertRefused(pipe, "a pipe", () => ImageDecoder.Decode(pipe));
        AssertRefused(pipe, "a pipe", () => ImageDecoder.ReadHeader(pipe));
    }

    [Fact]
    public void A_pipe_is_no_data_file_whatever_the_format()
    {
        string pipe = Pipe("a.json");
        AssertRefused(pipe, "a pipe", () => Catalog.Load(pipe, out _));
        AssertRefused(pipe, "a pipe", () => Catalog.LoadLlava(pipe));
        AssertRefused(pipe, "a pipe", () => Catalog.LoadCaptionParquet(pipe));
        AssertRefused(pipe, "a pipe", () => Catalog.LoadRecipe(pipe));
        AssertRefused(pipe, "a pipe", () => Catalog.Load(InFolder("*.json"), out _));
    }

    [Fact]
    public void A_pipe_among_the_pictures_is_a_problem_of_the_data()
    {
        string pipe = Pipe("a.jpg");
        var found = Timed(pipe, () => Catalog.Validate(Write("a.json", Row)));
        Assert.Equal($"{pipe}, row 0: it is a pipe, not a regular file. Save the content as a file, and give that.", Assert.Single(found.Problems).ToString());
    }

    [Fact]
    public void A_link_to_a_device_is_no_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "devices are told on Linux");
        string link = InFolder("a.jpg");
        File.CreateSymbolicLink(link, "/dev/null");
        Assert.Equal($"{link}: it is a device, not a regular file. Save the content as a file, and give that.", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(link)).Message);
        Assert.Throws<MalformedInputException>(() => Catalog.Load("/dev/null", out _));
    }

    private string Pipe(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are told on Linux");
        string path = InFolder(name);
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return path;
    }

    private static void AssertRefused(string path, string kind, Action read) => Assert.Equal($"{path}: it is {kind}, not a regular file. Save the content as a file, and give that.",
        Timed(path, () => Assert.Throws<MalformedInputException>(read)).Message);

    // Whoever opens a pipe waits for a writer: the test gives one up after a while, and lets the reader go.
    private static T Timed<T>(string pipe, Func<T> read)
    {
        var reading = Task.Run(read);
        if (Task.WaitAny([reading], TimeSpan.FromSeconds(60)) < 0)
        {
            File.OpenHandle(pipe, FileMode.Open, FileAccess.Write).Dispose();
            Assert.Fail("the pipe was opened");
        }
        return reading.GetAwaiter().GetResult();
    }
}
