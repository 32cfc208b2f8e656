using VlmMlNet.Data.Scenes;

namespace VlmMlNet.Tests.Cli;

/// <summary>Where commands look for the pictures that data names.</summary>
public sealed class ImageFolderCommandTests : CliTest
{
    [Fact]
    public void The_quickstarts_data_needs_no_folder_of_pictures()
    {
        var scenes = SceneDataset.Write(InFolder("data"), new SceneDatasetOptions { Scenes = 30, TestScenes = 4, ValidationScenes = 0, Seed = 1 }, null, TestContext.Current.CancellationToken);
        string model = SavedModel();
        foreach (string file in new[] { scenes.CaptionsFile, scenes.InstructionsFile, scenes.TestCaptionsFile, scenes.TestQuestionsFile })
        {
            var (valid, output, _) = Run("validate", file);
            Assert.True(valid == 0, output);
            Assert.Contains(", 0 missing, 0 unreadable\n", output, StringComparison.Ordinal);
            var (shown, table, error) = Run("data", "show", file, "--rows", "2");
            Assert.True(shown == 0, error);
            Assert.DoesNotContain("PROBLEM", table, StringComparison.Ordinal);
        }
        var (code, _, failure) = Run("evaluate", "--model", model, "--data", scenes.TestQuestionsFile, "--max-tokens", "1", "--limit", "3");
        Assert.True(code == 0, failure);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("data", "show")]
    public void Pictures_outside_of_the_folder_are_read_with_an_option(params string[] command)
    {
        Directory.CreateDirectory(InFolder("data"));
        string data = InFolder("data/a.csv");
        File.WriteAllText(data, $"image,caption\n../{Path.GetFileName(Picture(0))},A red picture\n{Picture(1)},A green picture\n");
        var (refused, output, error) = Run([.. command, data]);
        Assert.Equal(1, refused);
        Assert.Contains("lies outside of the image folder", output + error, StringComparison.Ordinal);
        if (command[0] == "data")
            Assert.Contains("--allow-outside-images reads pictures elsewhere", error, StringComparison.Ordinal);
        var (code, _, failure) = Run([.. command, data, "--allow-outside-images"]);
        Assert.True(code == 0, failure);
    }
}
