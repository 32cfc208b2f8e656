using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using VlmMlNet.Cli;

namespace VlmMlNet.Tests.Packaging;

/// <summary>What the README shows exists, and what the command's own one does. That it works is shown by the tests of the same flow (NorthStarTests) and of the commands.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string? s_repository = PackagedLibrary.FindRepository();

    private static string Readme(string file = "README.md")
    {
        Assert.SkipWhen(s_repository is null, "The tests do not run inside the repository.");
        return File.ReadAllText(Path.Combine(s_repository!, file));
    }

    [Fact]
    public void Its_sample_compiles_in_an_application()
    {
        var samples = CSharpBlock().Matches(Readme());
        Assert.NotEmpty(samples);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(p => MetadataReference.CreateFromFile(p)).ToList();
        foreach (Match sample in samples)
        {
            var tree = CSharpSyntaxTree.ParseText(sample.Groups[1].Value, cancellationToken: TestContext.Current.CancellationToken);
            var compilation = CSharpCompilation.Create("Sample", [tree], references, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
            Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), d => d.Severity >= DiagnosticSeverity.Warning);
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/VlmMlNet.Cli/README.md")]
    public void Its_commands_and_their_options_exist(string file)
    {
        var commands = CommandRow().Matches(Readme(file));
        Assert.NotEmpty(commands);
        foreach (Match command in commands)
        {
            using var output = new StringWriter();
            Assert.Equal(0, VlmCommand.Run([.. command.Groups["name"].Value.Split(' '), "--help"], output, TextWriter.Null, TestContext.Current.CancellationToken));
            Assert.All(Option().Matches(command.Value), option => Assert.Matches(Regex.Escape(option.Value) + "\\b", output.ToString()));
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/data.md")]
    [InlineData("docs/operation.md")]
    [InlineData("docs/speed.md")]
    [InlineData("docs/training.md")]
    [InlineData("tests/golden/README.md")]
    public void Its_paths_exist(string file)
    {
        Assert.All(RepositoryPath().Matches(Readme(file)), path => Assert.True(Path.Exists(Path.Combine(s_repository!, path.Value)), path.Value));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^\| `vlm (?<name>[a-z]+( [a-z]+\b)*)[^\n]*", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"(?<![\w/])(src|tests|notebooks|data-schemas|build|docs|findings)/[\w./-]*\w")]
    private static partial Regex RepositoryPath();
}
