using System.Text.RegularExpressions;

namespace VlmMlNet.Tests.Packaging;

/// <summary>What the package's own README tells someone who has nothing but the package.</summary>
public sealed partial class PackageReadmeTests(PackagedLibrary package) : IClassFixture<PackagedLibrary>
{
    [Fact]
    public void Its_first_commands_add_the_library_and_the_native_package_of_its_version()
    {
        string first = CodeBlock().Match(package.ReadText("README.md")).Groups["code"].Value;

        Assert.Contains("dotnet add package VlmMlNet\n", first, StringComparison.Ordinal);
        Assert.Contains($"dotnet add package TorchSharp-cpu --version {package.TorchSharpVersion}\n", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_programs_train_a_model_and_caption_with_it_one_after_the_other()
    {
        string[] programs = [.. CodeBlock().Matches(package.ReadText("README.md")).Where(m => m.Groups["language"].Value == "csharp").Select(m => m.Groups["code"].Value)];
        Assert.Equal(2, programs.Length);
        // As it is but for the size: a few steps in place of two minutes of them.
        string training = Replace(Replace(programs[0], "Scenes = 1000", "Scenes = 40, TestScenes = 2, ValidationScenes = 0"), "FromSeconds(25)", "FromMilliseconds(200)");
        string folder = package.CreateConsumer("Readme", withTorch: true, ("Program.cs", training));

        package.Dotnet(folder, "run", "-c", "Release");
        Assert.True(File.Exists(Path.Combine(folder, "model", "config.json")));

        File.WriteAllText(Path.Combine(folder, "Program.cs"), programs[1]);
        package.Dotnet(folder, "run", "-c", "Release", "--no-restore");
        Assert.True(File.Exists(Path.Combine(folder, "captioner.zip")));
    }

    private static string Replace(string text, string old, string with)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, with, StringComparison.Ordinal);
    }

    [GeneratedRegex("```(?<language>[a-z]*)\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
