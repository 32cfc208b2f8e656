using System.Text.Json;
using VlmMlNet.Data.Scenes;

namespace VlmMlNet.Tests.Data.Scenes;

/// <summary>One small data set, read as anyone would read JSON.</summary>
public sealed class ScenesFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scenes-").FullName;

    public ScenesFixture()
    {
        Dataset = SceneDataset.Write(_folder, new SceneDatasetOptions { Scenes = 600, ValidationScenes = 60, TestScenes = 150, Seed = 5 });
        Recaptions = ReadLlava(Dataset.RecaptionsFile);
        Captions = ReadLlava(Dataset.CaptionsFile);
        Instructions = ReadLlava(Dataset.InstructionsFile);
        TestQuestions = ReadLlava(Dataset.TestQuestionsFile);
        ValidationQuestions = ReadLlava(Dataset.ValidationQuestionsFile!);
        Shown = Recaptions.ToDictionary(row => row.Image, row => ReadScene.Of(row.Turns[1].Value));
    }

    public SceneDataset Dataset { get; }

    internal IReadOnlyList<LlavaRow> Recaptions { get; }

    internal IReadOnlyList<LlavaRow> Captions { get; }

    internal IReadOnlyList<LlavaRow> Instructions { get; }

    internal IReadOnlyList<LlavaRow> TestQuestions { get; }

    internal IReadOnlyList<LlavaRow> ValidationQuestions { get; }

    /// <summary>What every training picture shows, from its recaption.</summary>
    internal IReadOnlyDictionary<string, ReadScene> Shown { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static IReadOnlyList<(string Image, string Caption)> ReadCoco(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        var names = json.RootElement.GetProperty("images").EnumerateArray()
            .ToDictionary(image => image.GetProperty("id").GetInt32(), image => image.GetProperty("file_name").GetString()!);
        return [.. json.RootElement.GetProperty("annotations").EnumerateArray()
            .Select(row => (names[row.GetProperty("image_id").GetInt32()], row.GetProperty("caption").GetString()!))];
    }

    private static List<LlavaRow> ReadLlava(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.EnumerateArray().Select(row => new LlavaRow(
            row.GetProperty("id").GetString()!,
            row.GetProperty("image").GetString()!,
            [.. row.GetProperty("conversations").EnumerateArray().Select(turn => (turn.GetProperty("from").GetString()!, turn.GetProperty("value").GetString()!))]))];
    }

    internal sealed record LlavaRow(string Id, string Image, IReadOnlyList<(string From, string Value)> Turns)
    {
        public string QuestionType => SceneDataset.QuestionTypeOf(Id);
    }
}
