using Microsoft.ML;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Files;
using VlmMlNet.Generation;
using VlmMlNet.ModelFolders;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Files;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Generation;

/// <summary>Everything that runs a model holds it: its owner may dispose it at any time.</summary>
public sealed class DisposedWhileInUseTests
{
    private static readonly GenerationOptions s_options = new() { MaxTokens = 8, BatchSize = 2, MaxThreads = 1 };

    [Theory]
    [InlineData(null)]
    [InlineData(WeightPrecision.BFloat16)]
    [InlineData(WeightPrecision.Int8)]
    public void Answers_go_on_to_the_end(WeightPrecision? precision)
    {
        var pictures = SharpModel.Pictures(9);
        using var original = SharpModel.Create();
        using var model = precision is { } reduced ? original.WithPrecision(reduced) : original.Share();
        original.Dispose();
        string[] prompts = [.. pictures.Select(_ => "red")];
        var expected = AnswerGenerator.Answer(model, pictures, prompts, s_options);
        var answers = new List<string>();
        foreach (var answer in AnswerGenerator.GenerateLazily(model, pictures.Select(p => (p, (string?)"red")), s_options))
        {
            model.Dispose();
            answers.Add(answer[0].Text);
        }
        Assert.Equal(expected, answers);
        Assert.Throws<ObjectDisposedException>(() => AnswerGenerator.Answer(model, pictures, options: s_options));
    }

    [Fact]
    public async Task A_model_may_be_disposed_on_another_thread_at_any_moment()
    {
        var pictures = SharpModel.Pictures(4);
        for (int round = 0; round < 12; round++)
        {
            var model = SharpModel.Create();
            using var started = new ManualResetEventSlim();
            var work = Task.Run(() =>
            {
                var answers = AnswerGenerator.GenerateLazily(model, pictures.Select(p => (p, (string?)"red")), s_options).GetEnumerator();
                int count = 0;
                started.Set();
                try
                {
                    while (answers.MoveNext())
                        count++;
                    return count;
                }
                catch (ObjectDisposedException) when (count == 0)
                {
                    return pictures.Length; // it was disposed before the first answer was asked for
                }
            }, TestContext.Current.CancellationToken);
            started.Wait(TestContext.Current.CancellationToken);
            Thread.SpinWait(20_000 * round);
            model.Dispose();
            Assert.Equal(pictures.Length, await work);
        }
    }

    [Fact]
    public void Saving_goes_on_to_the_end()
    {
        using var folder = new TemporaryFolder();
        var model = SharpModel.Create();
        using (var output = OutputFolder.Claim(folder.File("model")))
            ModelFolder.Save(model, output, _ => model.Dispose()); // before the weights are written
        using var loaded = new MLContext().VisionLanguage().LoadModel(Path.Combine(folder.Path, "model"));
        Assert.Equal(TinyModel.Tokenizer.VocabularySize, loaded.Tokenizer.VocabularySize);
    }

    [Fact]
    public void A_stage_trains_to_the_end()
    {
        var model = TinyModel.Create();
        var stage = TrainingStage.HybridAlignment with { BatchSize = 4, Epochs = 1 };
        using var trained = StageTrainer.Train(model, TinyModel.Colours(12), stage, new TrainingRun { Progress = _ => model.Dispose() }).Model;
        Assert.Equal(TinyModel.Vision.PatchCount, trained.ImageTokenCount);
    }

    [Fact]
    public void A_comparison_of_precisions_goes_on_to_the_end()
    {
        var context = new MLContext(1);
        using var pictures = new TinyPictures();
        var model = SharpModel.Create();
        var smaller = model.WithPrecision(WeightPrecision.Int8);
        var comparison = context.VisionLanguage().ComparePrecisions(model, [smaller], pictures.Rows(context, 6), new PrecisionComparisonOptions
        {
            MaxTokens = 4,
            BatchSize = 2,
            MaxThreads = 1,
            Progress = (_, _) =>
            {
                model.Dispose();
                smaller.Dispose();
            },
        });
        Assert.Equal(6, comparison.Rows);
    }
}
