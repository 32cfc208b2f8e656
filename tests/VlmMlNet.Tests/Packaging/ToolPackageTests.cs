using System.IO.Compression;
using System.Xml.Linq;
using Microsoft.ML;
using VlmMlNet.Cli;
using VlmMlNet.Tests.Components;

namespace VlmMlNet.Tests.Packaging;

/// <summary>The command as a tool, packed and installed as a user would have it.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private static readonly Dictionary<string, string> s_environment = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-tool-");
    private readonly string _version = $"0.0.1-test.{Guid.NewGuid():N}";

    private string Feed => Path.Combine(_folder.FullName, "feed");

    [Fact]
    public void The_command_is_installed_with_all_that_it_needs_and_captions_a_picture()
    {
        string repository = PackagedLibrary.FindRepository() ?? "";
        Assert.SkipWhen(repository.Length == 0, "The tests do not run inside the repository.");
        using var pictures = new TinyPictures();
        var (arguments, expected) = SaveModel(pictures.File(0));

        Pack(repository);
        string tools = Path.Combine(_folder.FullName, "tools");
        DotnetCommand.Succeed(_folder.FullName, s_environment, "tool", "install", "VlmMlNet.Cli", "--version", _version, "--source", Feed, "--tool-path", tools);

        string command = Path.Combine(tools, OperatingSystem.IsWindows() ? "vlm.exe" : "vlm");
        Assert.Contains("quickstart", Run(command, "--help"), StringComparison.Ordinal);
        Assert.Equal(expected, Run(command, arguments));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Saves a model of random weights whose caption is not empty, as some are that end at once.</summary>
    private (string[] Arguments, string Caption) SaveModel(string picture)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            string folder = Path.Combine(_folder.FullName, $"model-{seed}");
            using (var model = TinyModel.Create(seed))
                new MLContext().VisionLanguage().SaveModel(model, folder);
            string[] arguments = ["caption", picture, "--model", folder, "--max-tokens", "8"];
            using var output = new StringWriter();
            Assert.Equal(0, VlmCommand.Run(arguments, output, TextWriter.Null, TestContext.Current.CancellationToken));
            if (!string.IsNullOrWhiteSpace(output.ToString()))
                return (arguments, output.ToString());
        }
        throw new InvalidOperationException("Every caption is empty.");
    }

    private void Pack(string repository)
    {
        // Files between the build and the package go elsewhere: the repository's own are in use while tests run.
        DotnetCommand.Succeed(repository, s_environment, "pack", "src/VlmMlNet.Cli", "--no-build", "-c", PackagedLibrary.Configuration, "-o", Feed, "--nologo",
            $"-p:PackageVersion={_version}", $"-p:NuspecOutputPath={Path.Combine(_folder.FullName, "nuspec")}/", $"-p:PublishDir={Path.Combine(_folder.FullName, "publish")}/");
        string[] packages = [.. Directory.GetFiles(Feed).OrderBy(f => new FileInfo(f).Length)];
        Assert.Equal(2, packages.Length);

        using var pointer = ZipFile.OpenRead(packages[0]);
        Assert.All(["README.md", "icon.png"], f => Assert.NotNull(pointer.GetEntry(f)));
        Assert.DoesNotContain(pointer.Entries, e => e.Name.EndsWith(".dll", StringComparison.Ordinal));
        using (Stream settings = pointer.GetEntry("tools/any/any/DotnetToolSettings.xml")!.Open())
            Assert.Equal(["linux-x64", "osx-arm64", "win-x64"], XDocument.Load(settings).Descendants("RuntimeIdentifierPackage").Select(p => (string)p.Attribute("RuntimeIdentifier")!).Order());

        using var full = ZipFile.OpenRead(packages[1]);
        Assert.Single(full.Entries, e => Path.GetFileNameWithoutExtension(e.Name) is "libtorch_cpu" or "torch_cpu"); // one platform's
        Assert.Contains(full.Entries, e => e.FullName.StartsWith("licenses/libtorch-cpu", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(packages[1]).Length, 50_000_000, 250_000_000); // the gallery's limit
    }

    private string Run(string command, params string[] arguments)
    {
        var result = DotnetCommand.RunProgram(command, _folder.FullName, s_environment, arguments);
        Assert.True(result.ExitCode == 0, result.Output);
        return result.Output;
    }
}
