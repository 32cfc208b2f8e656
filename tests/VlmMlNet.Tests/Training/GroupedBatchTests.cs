using System.Text;
using VlmMlNet.Imaging;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

public sealed class GroupedBatchTests : IDisposable
{
    private const int Count = 523; // two groups of 200 and a rest that is no whole batch
    private static readonly TrainingStage s_stage = TrainingStage.FullFineTuning with { BatchSize = 4, BatchLayout = BatchLayout.Grouped };
    private readonly VisionLanguageModel _model = TinyModel.Create();

    /// <summary>Captions of 1 to 40 words; some rows say nothing, some have no picture that could be read.</summary>
    private static TrainingSet Data() => TrainingSet.FromList([.. Enumerable.Range(0, Count).Select(i => TrainingExample.Caption($"{i}",
        i % 50 == 7 ? ImageSource.FromBytes(Encoding.UTF8.GetBytes("no picture"), $"picture {i}") : ImageSource.FromImage(TinyModel.Picture((byte)i, (byte)(i / 256), 9), $"picture {i}"),
        "Say.", i % 50 == 9 ? "" : string.Concat(Enumerable.Repeat("red ", 1 + i * 31 % 40))))]);

    private List<Read> ReadAll(BatchReader reader, int epoch, StreamPosition start = default)
    {
        var batches = new List<Read>();
        foreach (var batch in reader.Read(epoch, start))
            using (batch)
                batches.Add(new Read(batch.Examples, batch.Tokens.Length, batch.Tokens.Valid.Count(v => v), string.Join(' ', batch.Tokens.TokenIds), string.Join(' ', batch.Pictures!.bytes.ToArray().Take(9)), batch.Next, batch.Skipped));
        return batches;
    }

    private BatchReader Reader(TrainingStage? stage = null, bool shuffle = true) => new(_model, Data(), stage ?? s_stage, new TrainingRun { Seed = 4, SkipUnreadableImages = true, Shuffle = shuffle });

    [Fact]
    public void Batches_are_of_similar_length_and_hold_each_example_once()
    {
        var reader = Reader();
        var grouped = ReadAll(reader, 0);
        var padded = ReadAll(Reader(s_stage with { BatchLayout = BatchLayout.Padded }), 0);
        Assert.Equal(padded.Sum(b => b.Examples), grouped.Sum(b => b.Examples));
        Assert.Equal(padded.Sum(b => b.Valid), grouped.Sum(b => b.Valid));
        Assert.True(Padding(grouped) < 0.15 * Padding(padded), $"{Padding(grouped)} against {Padding(padded)}");
        Assert.Equal(Count, reader.Skipped + grouped.Sum(b => b.Examples));
        // In no order of length.
        Assert.InRange(grouped.Zip(grouped.Skip(1)).Count(pair => pair.First.Length < pair.Second.Length), grouped.Count / 4, grouped.Count * 3 / 4);

        static int Padding(List<Read> batches) => batches.Sum(b => b.Examples * b.Length - b.Valid);
    }

    [Fact]
    public void Each_pass_groups_in_another_way_and_equal_seeds_in_the_same()
    {
        Assert.Equal(ReadAll(Reader(), 1), ReadAll(Reader(), 1));
        Assert.NotEqual(ReadAll(Reader(), 0).Select(b => b.Tokens), ReadAll(Reader(), 1).Select(b => b.Tokens));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pass_goes_on_behind_every_batch_as_if_it_had_not_stopped(bool shuffle)
    {
        var whole = ReadAll(Reader(shuffle: shuffle), 2);
        for (int i = 0; i < whole.Count; i += 7)
        {
            var reader = Reader(shuffle: shuffle);
            var rest = ReadAll(reader, 2, whole[i].Next);
            Assert.Equal(whole.Skip(i + 1).Select(b => b with { Skipped = 0 }), rest.Select(b => b with { Skipped = 0 }));
            Assert.All(whole.Skip(i + 1).Zip(rest), pair => Assert.Equal(pair.First.Skipped, whole[i].Skipped + pair.Second.Skipped));
            Assert.Equal(Count - whole.Sum(b => b.Examples), whole[i].Skipped + reader.Skipped);
        }
    }

    [Fact]
    public void A_grouped_stage_that_was_cancelled_continues_to_the_same_weights()
    {
        string folder = Directory.CreateTempSubdirectory("vlm-grouped-").FullName;
        var stage = s_stage with { ProjectorLearningRate = 1e-3, MaxSteps = 70 };
        var run = new TrainingRun { Seed = 4, SkipUnreadableImages = true };
        try
        {
            using var whole = StageTrainer.Train(_model, Data(), stage, run).Model;
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => StageTrainer.Train(_model, Data(), stage, run with
            {
                CheckpointFolder = folder,
                CancellationToken = cancel.Token,
                Progress = p =>
                {
                    if (p.Step == 57)
                        cancel.Cancel();
                },
            }));
            using var resumed = StageTrainer.Train(_model, Data(), stage, run with { CheckpointFolder = folder }).Model;
            Assert.All(whole.Network.Projector.parameters().Zip(resumed.Network.Projector.parameters()), p => Assert.True(Models.TensorAssert.BitEqual(p.First, p.Second)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _model.Dispose();

    private sealed record Read(int Examples, int Length, int Valid, string Tokens, string Pictures, StreamPosition Next, long Skipped);
}
