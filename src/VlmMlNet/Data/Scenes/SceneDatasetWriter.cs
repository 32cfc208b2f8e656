using System.Globalization;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Files;
using VlmMlNet.Text;

namespace VlmMlNet.Data.Scenes;

/// <summary>One run of <see cref="SceneDataset.Write"/>: first all pictures, which takes the time and can be cancelled, then
/// all texts, so that a file that is there is complete. Scenes are drawn again for that, which costs next to nothing.</summary>
internal sealed class SceneDatasetWriter
{
    private static readonly string[] s_captionPrompts =
        [SceneDataset.CaptionPrompt, "Give a short description of the image.", "What does the picture show?"];

    private readonly SceneDatasetOptions _options;
    private readonly SceneGenerator _generator;
    private readonly SceneDataset _dataset;
    private readonly Split _training;
    private readonly Split _validation;
    private readonly Split _test;

    public SceneDatasetWriter(string folder, SceneDatasetOptions options)
    {
        _options = options;
        _generator = new SceneGenerator(options.Seed, options.HeldOutCombinations);
        _dataset = new SceneDataset(folder, _generator.HeldOut, options.ValidationScenes > 0);
        // Streams of random numbers, per split: scenes, captions, questions. Stream 0 chooses the held-out combinations.
        _training = new Split("train", options.Scenes, 1, _generator.DrawSeen);
        _validation = new Split("validation", options.ValidationScenes, 4, _generator.DrawSeen);
        _test = new Split("test", options.TestScenes, 7, _generator.DrawHeldOut);
    }

    public SceneDataset Write(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_dataset.ImageFolder);
        WriteImages(progress, cancellationToken);
        WriteTrainingTexts();
        IEnumerable<SceneKind> seen = SceneGenerator.AllKinds().Except(_generator.HeldOut);
        if (_dataset.ValidationCaptionsFile is { } captions && _dataset.ValidationQuestionsFile is { } questions)
            WriteTestTexts(_validation, seen, captions, questions);
        WriteTestTexts(_test, SceneGenerator.AllKinds(), _dataset.TestCaptionsFile, _dataset.TestQuestionsFile);
        SceneSettingsFile.Write(_dataset, _options);
        progress?.Report(1);
        return _dataset;
    }

    private void WriteImages(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        const double Share = 0.9;
        using var renderer = new SceneRenderer(_options.ImageSize);
        long done = 0, total = (long)_training.Count + _validation.Count + _test.Count;
        foreach (Split split in new[] { _training, _validation, _test })
        {
            for (int i = 0; i < split.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                PendingFile.Write(Path.Combine(_dataset.ImageFolder, ImageName(split, i)), renderer.Render(Draw(split, i)));
                if (++done % 50 == 0)
                    progress?.Report(Share * done / total);
            }
        }
    }

    private void WriteTrainingTexts()
    {
        using var recaptions = new LlavaJsonWriter(_dataset.RecaptionsFile);
        using var captions = new LlavaJsonWriter(_dataset.CaptionsFile);
        using var instructions = new LlavaJsonWriter(_dataset.InstructionsFile);
        var asker = new SceneQuestions(SceneGenerator.AllKinds().Except(_generator.HeldOut));
        for (int i = 0; i < _training.Count; i++)
        {
            Scene scene = Draw(_training, i);
            string id = Id(_training, i), image = ImageName(_training, i), recaption = SceneRecaption.Of(scene);
            recaptions.Write(id, image, [ImagePlaceholder.Before(SceneDataset.RecaptionPrompt), recaption]);

            SceneRandom random = RandomOf(_training, 1, i);
            for (int c = 0; c < _options.CaptionsPerScene; c++)
            {
                string prompt = s_captionPrompts[random.PickIndex([0.6, 0.2, 0.2])];
                captions.Write(Numbered(id, c), image, [ImagePlaceholder.Before(prompt), SceneCaption.Of(scene, random)]);
            }

            random = RandomOf(_training, 2, i);
            for (int c = 0; c < _options.ConversationsPerScene; c++)
                instructions.Write(Numbered(id, c), image, Converse(asker, scene, recaption, random));
        }
    }

    /// <summary>[question, answer, ...], with a request for a description among them now and then.</summary>
    private IEnumerable<string> Converse(SceneQuestions asker, Scene scene, string recaption, SceneRandom random)
    {
        List<(string Human, string Model)> turns =
            [.. asker.Ask(scene, _options.QuestionsPerConversation, random).Select(question => (question.Text, question.Answer))];
        if (random.Chance(0.3))
            turns.Insert(random.Next(turns.Count + 1), (random.Pick(s_captionPrompts), SceneCaption.Of(scene, random)));
        if (random.Chance(0.05))
            turns.Insert(random.Next(turns.Count + 1), (SceneDataset.RecaptionPrompt, recaption));
        return turns.SelectMany((turn, i) => new[] { i == 0 ? ImagePlaceholder.Before(turn.Human) : turn.Human, turn.Model });
    }

    private void WriteTestTexts(Split split, IEnumerable<SceneKind> mentionable, string captionsFile, string questionsFile)
    {
        using var captions = new CocoCaptionsJsonWriter(captionsFile);
        using var questions = new LlavaJsonWriter(questionsFile);
        var asker = new SceneQuestions(mentionable);
        for (int i = 0; i < split.Count; i++)
        {
            Scene scene = Draw(split, i);
            string image = ImageName(split, i);
            SceneRandom random = RandomOf(split, 1, i);
            captions.Write(i + 1, image, _options.ImageSize, _options.ImageSize,
                [.. Enumerable.Range(0, _options.CaptionsPerScene).Select(_ => SceneCaption.Of(scene, random))]);

            int number = 0;
            foreach (SceneQuestion question in asker.Ask(scene, _options.QuestionsPerTestScene, RandomOf(split, 2, i)))
            {
                string type = question.Type.ToString().ToLowerInvariant();
                questions.Write($"{Numbered(Id(split, i), number++)}-{type}", image, [ImagePlaceholder.Before(question.Text), question.Answer]);
            }
        }
    }

    private Scene Draw(Split split, int index) => split.Draw(RandomOf(split, 0, index));

    private SceneRandom RandomOf(Split split, int stream, int index) => new(_options.Seed, split.FirstStream + stream, index);

    private static string Id(Split split, int index) => string.Create(CultureInfo.InvariantCulture, $"{split.Name}-{index:d5}");

    private static string ImageName(Split split, int index) => Id(split, index) + ".png";

    private static string Numbered(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");

    private sealed record Split(string Name, int Count, int FirstStream, Func<SceneRandom, Scene> Draw);
}
