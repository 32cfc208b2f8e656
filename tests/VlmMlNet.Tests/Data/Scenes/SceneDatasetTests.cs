using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;
using VlmMlNet.Data;
using VlmMlNet.Data.Scenes;

namespace VlmMlNet.Tests.Data.Scenes;

public sealed class SceneDatasetTests(ScenesFixture scenes) : IClassFixture<ScenesFixture>
{
    private static readonly string[] s_colors = ["red", "green", "blue", "yellow", "purple", "orange", "black", "pink"];
    private static readonly string[] s_shapes = ["circle", "square", "triangle", "star", "cross", "heart", "ring", "diamond"];

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_other_ones()
    {
        var options = new SceneDatasetOptions { Scenes = 20, ValidationScenes = 5, TestScenes = 5 };
        Dictionary<string, string> first = Hashes(options), again = Hashes(options), other = Hashes(options with { Seed = 2 });

        Assert.Equal(20 + 5 + 5 + 8, first.Count);
        Assert.Equal(first, again);
        Assert.All(first.Keys, name => Assert.NotEqual(first[name], other[name]));
    }

    [Fact]
    public void More_scenes_do_not_change_the_scenes_before_them()
    {
        Dictionary<string, string> few = Hashes(new SceneDatasetOptions { Scenes = 10, TestScenes = 4, ValidationScenes = 0 });
        Dictionary<string, string> more = Hashes(new SceneDatasetOptions { Scenes = 15, TestScenes = 4, ValidationScenes = 0 });
        Assert.All(few.Where(file => file.Key.EndsWith(".png", StringComparison.Ordinal)), file => Assert.Equal(file.Value, more[file.Key]));
    }

    [Fact]
    public void Every_conversation_names_an_existing_picture_once_and_alternates()
    {
        foreach (ScenesFixture.LlavaRow row in scenes.Recaptions.Concat(scenes.Captions).Concat(scenes.Instructions).Concat(scenes.TestQuestions))
        {
            Assert.True(File.Exists(Path.Combine(scenes.Dataset.ImageFolder, row.Image)), row.Image);
            Assert.Equal(0, row.Turns.Count % 2);
            Assert.Equal(row.Turns.Select((_, i) => i % 2 == 0 ? "human" : "gpt"), row.Turns.Select(turn => turn.From));
            Assert.StartsWith("<image>\n", row.Turns[0].Value, StringComparison.Ordinal);
            Assert.Equal(1, row.Turns.Count(turn => turn.Value.Contains("<image>", StringComparison.Ordinal)));
            Assert.All(row.Turns, turn => Assert.False(string.IsNullOrWhiteSpace(turn.Value)));
        }
        Assert.Equal(600, scenes.Recaptions.Count);
        Assert.Equal(600 * 5, scenes.Captions.Count);
        Assert.Equal(600 * 2, scenes.Instructions.Count);
        Assert.Equal(scenes.Captions.Count, scenes.Captions.Select(row => row.Id).Distinct().Count());
    }

    [Fact]
    public void Pictures_have_the_asked_size_and_five_captions_each()
    {
        IReadOnlyList<(string Image, string Caption)> captions = ScenesFixture.ReadCoco(scenes.Dataset.TestCaptionsFile);
        Assert.Equal(150 * 5, captions.Count);
        Assert.All(captions.GroupBy(row => row.Image), image => Assert.Equal(5, image.Count()));
        using SKCodec codec = SKCodec.Create(Path.Combine(scenes.Dataset.ImageFolder, captions[0].Image));
        Assert.Equal((64, 64), (codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public void The_readers_of_anyone_s_data_read_the_files()
    {
        VisionLanguageDataCatalog data = new MLContext().VisionLanguage().Data;
        IDataView instructions = data.LoadLlava(scenes.Dataset.InstructionsFile, scenes.Dataset.ImageFolder);
        string[] paths = [.. instructions.GetColumn<string>(VisionLanguageColumns.ImagePath)];
        Assert.Equal(600 * 2, paths.Length);
        Assert.All(paths, path => Assert.True(File.Exists(path), path));
        Assert.Equal(scenes.Instructions.Select(row => row.Turns.Count), instructions.GetColumn<string[]>(VisionLanguageColumns.Conversation).Select(turns => turns.Length));

        IDataView captions = data.LoadCocoCaptions(scenes.Dataset.TestCaptionsFile, scenes.Dataset.ImageFolder);
        Assert.All(captions.GetColumn<string[]>(VisionLanguageColumns.Captions), texts => Assert.Equal(5, texts.Length));
    }

    [Fact]
    public void Held_out_combinations_occur_in_every_test_scene_and_nowhere_in_training()
    {
        IReadOnlyList<string> heldOut = scenes.Dataset.HeldOut;
        Assert.Equal(8, heldOut.Distinct().Count());
        Assert.All(scenes.Shown.Values.SelectMany(scene => scene.Groups), group => Assert.DoesNotContain($"{group.Color} {group.Shape}", heldOut));

        string[] forms = [.. heldOut.SelectMany(kind => SpokenForms(kind))];
        foreach (ScenesFixture.LlavaRow row in scenes.Recaptions.Concat(scenes.Captions).Concat(scenes.Instructions).Concat(scenes.ValidationQuestions))
            Assert.All(row.Turns, turn => Assert.DoesNotContain(forms, form => turn.Value.Contains(form, StringComparison.Ordinal)));

        IReadOnlyList<(string Image, string Caption)> test = ScenesFixture.ReadCoco(scenes.Dataset.TestCaptionsFile);
        Assert.All(test.GroupBy(row => row.Image), image => Assert.Contains(image, row => Array.Exists(forms, form => row.Caption.Contains(form, StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public void Every_part_of_a_held_out_combination_is_common_in_training()
    {
        ILookup<string, string> shapesOf = scenes.Shown.Values.SelectMany(scene => scene.Groups).ToLookup(group => group.Color, group => group.Shape);
        Assert.All(s_colors, color => Assert.True(shapesOf[color].Distinct().Count() >= 6, color));
        Assert.All(s_shapes, shape => Assert.True(shapesOf.Count(color => color.Contains(shape)) >= 6, shape));
    }

    [Fact]
    public void Pictures_show_the_colors_that_the_text_names()
    {
        // The middle of a single square or circle has the named colour; an orange pixel is not a red one.
        int looked = 0;
        foreach ((string image, ReadScene scene) in scenes.Shown)
        {
            if (scene.Groups is not [{ Count: 1, Shape: "square" or "circle" or "diamond", Place: "in the center" } group])
                continue;
            using SKBitmap bitmap = SKBitmap.Decode(Path.Combine(scenes.Dataset.ImageFolder, image));
            Assert.Equal(group.Color, NameOf(bitmap.GetPixel(32, 32)));
            Assert.Equal(scene.Background, BackgroundOf(bitmap.GetPixel(1, 1)));
            looked++;
        }
        Assert.InRange(looked, 3, 600);
    }

    [Fact]
    public void Progress_rises_and_cancelling_leaves_no_text_that_looks_complete()
    {
        string folder = Directory.CreateTempSubdirectory("scenes-").FullName;
        try
        {
            using var cancellation = new CancellationTokenSource();
            var seen = new List<double>();
            var progress = new Recorder(value =>
            {
                seen.Add(value);
                if (value > 0.5)
                    cancellation.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() =>
                SceneDataset.Write(folder, new SceneDatasetOptions { Scenes = 400, TestScenes = 10 }, progress, cancellation.Token));
            Assert.Equal(seen.Order(), seen);
            Assert.True(seen.Count > 2);
            Assert.DoesNotContain(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => !file.EndsWith(".png", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_option_outside_its_bounds_is_an_error_that_names_both()
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => SceneDataset.Write(
            "never", new SceneDatasetOptions { HeldOutCombinations = 17 }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("HeldOutCombinations must be from 1 to 16.", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists("never"));
    }

    private static Dictionary<string, string> Hashes(SceneDatasetOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("scenes-").FullName;
        try
        {
            SceneDataset.Write(folder, options, cancellationToken: TestContext.Current.CancellationToken);
            return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
                file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> SpokenForms(string kind)
    {
        string[] parts = kind.Split(' ');
        string[] colors = parts[0] == "purple" ? ["purple", "violet"] : [parts[0]];
        string? synonym = parts[1] switch { "circle" => "dot", "square" => "box", "cross" => "plus", "ring" => "hoop", _ => null };
        return colors.SelectMany(color => synonym is null ? new[] { $"{color} {parts[1]}" } : [$"{color} {parts[1]}", $"{color} {synonym}"]);
    }

    private static string NameOf(SKColor color)
    {
        color.ToHsv(out float hue, out float saturation, out float value);
        if (value < 25)
            return "black";
        if (saturation < 60 && hue > 300)
            return "pink";
        return hue switch { < 14 or > 340 => "red", < 40 => "orange", < 70 => "yellow", < 170 => "green", < 250 => "blue", _ => "purple" };
    }

    private static string BackgroundOf(SKColor color) =>
        color.Red - color.Blue > 20 ? "beige" : color.Red > 235 ? "white" : "gray";

    private sealed class Recorder(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
