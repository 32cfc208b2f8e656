using System.Globalization;

namespace VlmMlNet.Data.Scenes;

/// <summary>One run of <see cref="SceneDataset.Write"/>: split by split, scene by scene, into the files of the split.</summary>
internal sealed class SceneDatasetWriter
{
    // Streams of random numbers, per split: scenes, captions, questions. Stream 0 chooses the held-out combinations.
    private const int Training = 1, Validation = 4, Test = 7;
    private static readonly string[] s_captionPrompts =
        [SceneDataset.CaptionPrompt, "Give a short description of the image.", "What does the picture show?"];

    private readonly SceneDatasetOptions _options;
    private readonly IProgress<double>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly SceneGenerator _generator;
    private readonly SceneDataset _dataset;
    private int _done;

    public SceneDatasetWriter(string folder, SceneDatasetOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        _options = options;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _generator = new SceneGenerator(options.Seed, options.HeldOutCombinations);
        _dataset = new SceneDataset(folder, _generator.HeldOut, options.ValidationScenes > 0);
    }

    public SceneDataset Write()
    {
        Directory.CreateDirectory(_dataset.ImageFolder);
        using var renderer = new SceneRenderer(_options.ImageSize);
        WriteTraining(renderer);
        if (_dataset.ValidationCaptionsFile is { } captions && _dataset.ValidationQuestionsFile is { } questions)
        {
            WriteTest(renderer, "validation", Validation, _options.ValidationScenes, _generator.DrawSeen,
                SceneGenerator.AllKinds().Except(_generator.HeldOut), captions, questions);
        }
        WriteTest(renderer, "test", Test, _options.TestScenes, _generator.DrawHeldOut,
            SceneGenerator.AllKinds(), _dataset.TestCaptionsFile, _dataset.TestQuestionsFile);
        SceneSettingsFile.Write(_dataset, _options);
        return _dataset;
    }

    private void WriteTraining(SceneRenderer renderer)
    {
        using var recaptions = new LlavaFile(_dataset.RecaptionsFile);
        using var captions = new LlavaFile(_dataset.CaptionsFile);
        using var instructions = new LlavaFile(_dataset.InstructionsFile);
        var asker = new SceneQuestions(SceneGenerator.AllKinds().Except(_generator.HeldOut));
        for (int i = 0; i < _options.Scenes; i++)
        {
            Scene scene = _generator.DrawSeen(new SceneRandom(_options.Seed, Training, i));
            string image = WriteImage(renderer, scene, "train", i);
            string id = Path.GetFileNameWithoutExtension(image);
            string recaption = SceneRecaption.Of(scene);
            recaptions.Add(id, image, null, [(SceneDataset.RecaptionPrompt, recaption)]);

            var random = new SceneRandom(_options.Seed, Training + 1, i);
            for (int c = 0; c < _options.CaptionsPerScene; c++)
            {
                string prompt = s_captionPrompts[random.PickIndex([0.6, 0.2, 0.2])];
                captions.Add(Number(id, c), image, null, [(prompt, SceneCaption.Of(scene, random))]);
            }

            random = new SceneRandom(_options.Seed, Training + 2, i);
            for (int c = 0; c < _options.ConversationsPerScene; c++)
                instructions.Add(Number(id, c), image, null, Converse(asker, scene, recaption, random));
        }
        recaptions.Complete();
        captions.Complete();
        instructions.Complete();
    }

    private List<(string Human, string Model)> Converse(SceneQuestions asker, Scene scene, string recaption, SceneRandom random)
    {
        var turns = asker.Ask(scene, _options.QuestionsPerConversation, random).Select(question => (question.Text, question.Answer)).ToList();
        if (random.Chance(0.3))
            turns.Insert(random.Next(turns.Count + 1), (random.Pick(s_captionPrompts), SceneCaption.Of(scene, random)));
        if (random.Chance(0.05))
            turns.Insert(random.Next(turns.Count + 1), (SceneDataset.RecaptionPrompt, recaption));
        return turns;
    }

    private void WriteTest(
        SceneRenderer renderer, string split, int stream, int count, Func<SceneRandom, Scene> draw, IEnumerable<SceneKind> mentionable,
        string captionsFile, string questionsFile)
    {
        using var captions = new CocoFile(captionsFile);
        using var questions = new LlavaFile(questionsFile);
        var asker = new SceneQuestions(mentionable);
        for (int i = 0; i < count; i++)
        {
            Scene scene = draw(new SceneRandom(_options.Seed, stream, i));
            string image = WriteImage(renderer, scene, split, i);
            var random = new SceneRandom(_options.Seed, stream + 1, i);
            captions.Add(image, _options.ImageSize, [.. Enumerable.Range(0, _options.CaptionsPerScene).Select(_ => SceneCaption.Of(scene, random))]);

            int q = 0;
            foreach (SceneQuestion question in asker.Ask(scene, _options.QuestionsPerTestScene, new SceneRandom(_options.Seed, stream + 2, i)))
            {
                questions.Add(Number(Path.GetFileNameWithoutExtension(image), q++), image,
                    question.Type.ToString().ToLowerInvariant(), [(question.Text, question.Answer)]);
            }
        }
        captions.Complete();
        questions.Complete();
    }

    private string WriteImage(SceneRenderer renderer, Scene scene, string split, int index)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        string name = string.Create(CultureInfo.InvariantCulture, $"{split}-{index:d5}.png");
        using (var file = new PendingFile(Path.Combine(_dataset.ImageFolder, name)))
        {
            file.Stream.Write(renderer.Render(scene));
            file.Complete();
        }
        _done++;
        if (_done % 50 == 0)
            _progress?.Report((double)_done / (_options.Scenes + _options.ValidationScenes + _options.TestScenes));
        return name;
    }

    private static string Number(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");
}
