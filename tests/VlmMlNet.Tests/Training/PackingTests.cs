using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Tests.Models;
using VlmMlNet.Text;
using VlmMlNet.Training;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class PackingTests : IDisposable
{
    private static readonly string[] s_words = ["a", "red", "green", "blue", "picture", "what", "colour", "is", "it"];

    private static readonly TrainingStage s_stage = TrainingStage.FullFineTuning with
    {
        VisionLearningRate = 1e-3,
        ProjectorLearningRate = 1e-3,
        LanguageLearningRate = 1e-3,
        BatchSize = 8,
        PackedLength = 80,
    };

    private readonly VisionLanguageModel _model = TinyModel.Create(3);

    /// <summary>Texts of unequal length with no picture, one, or two side by side, and some of several turns.</summary>
    private static TrainingSet Data(int count) => TrainingSet.FromList(Enumerable.Range(0, count).Select(i =>
    {
        var random = new Random(i);
        string Text() => string.Join(' ', Enumerable.Range(0, 1 + random.Next(9)).Select(_ => s_words[random.Next(s_words.Length)]));
        int pictures = random.Next(3);
        ChatMessage[] turns = [new("user", string.Concat(Enumerable.Repeat(ImageToken.Text, pictures)) + Text()), new("assistant", Text())];
        if (i % 4 == 0)
            turns = [.. turns, new("user", Text()), new("assistant", Text())];
        var images = Enumerable.Range(0, pictures).Select(p => ImageSource.FromImage(TinyModel.Picture((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)), $"picture {i}.{p}"));
        return new TrainingExample($"example {i}", turns, [.. images]);
    }).ToList());

    private TrainingBatch Read(TrainingStage stage) => new BatchReader(_model, Data(stage.BatchSize), stage, new TrainingRun { Seed = 2 }).Read(0).Single();

    [Theory]
    [InlineData(AttentionMaskKind.Bidirectional)]
    [InlineData(AttentionMaskKind.Hybrid)]
    [InlineData(AttentionMaskKind.Causal)]
    public void Packed_examples_have_the_loss_and_the_gradients_of_examples_in_rows_of_their_own(AttentionMaskKind kind)
    {
        using var scope = NewDisposeScope();
        // Stage 0's hidden tokens come with its mask.
        var stage = s_stage with { BatchSize = 12, Mask = kind, TokenMasking = kind == AttentionMaskKind.Bidirectional ? 0.2 : 0 };
        using var packed = Read(stage);
        using var padded = Read(stage with { BatchLayout = BatchLayout.Padded });
        Assert.True(packed.Tokens.HasSeveralExamples);
        Assert.True(packed.Tokens.Batch < padded.Tokens.Batch);
        Assert.Equal(padded.ScoredTokens, packed.ScoredTokens);

        var expected = LossAndGradients(padded, kind);
        var actual = LossAndGradients(packed, kind);
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.True(expected.Values.All(v => v.abs().max().item<float>() > 0));
        foreach (var (name, value) in expected)
            TensorAssert.Near(value, actual[name], 1e-5, relative: 1e-5);
    }

    [Fact]
    public void A_stage_learns_the_same_packed_or_padded()
    {
        using var scope = NewDisposeScope();
        var data = Data(24);
        using var packed = StageTrainer.Train(_model, data, s_stage).Model;
        using var padded = StageTrainer.Train(_model, data, s_stage with { BatchLayout = BatchLayout.Padded }).Model;
        foreach (var (a, b) in packed.Network.Language.parameters().Zip(padded.Network.Language.parameters()))
            TensorAssert.Near(b, a, 5e-5);
    }

    [Fact]
    public void No_example_of_a_row_sees_another_and_each_begins_at_position_0()
    {
        const int I = ImageToken.Id, N = EncodedConversation.Unscored;
        var batch = TokenBatch.Pack([[new([I, I, 5], [N, N, 5], 1), new([I, I, 6, 7], [6, N, 6, 7], 1)], [new([8], [N], 0), new([9], [9], 0)]], 0, 2);
        Assert.Equal([I, I, 5, I, I, 6, 7, 8, 9, 0, 0, 0, 0, 0], batch.TokenIds);
        Assert.Equal([1, 1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], batch.ImageBlock);
        Assert.Equal([1, 1, 1, 2, 2, 2, 2, 1, 2, 0, 0, 0, 0, 0], batch.SegmentIds);
        Assert.Equal([0, 1, 2, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0], MultimodalDecoder.PositionIds(batch));
        Assert.Equal([N, N, 5, N, N, 6, 7, N, N, N, N, N, N, N], batch.Labels); // the first token of an example has none before it
        using var mask = AttentionMask.Create(AttentionMaskKind.Hybrid, 2, 7, batch.Valid, batch.ImageBlock, null, batch.SegmentIds);
        Assert.Equal("""
            ##.....
            ##.....
            ###....
            ...##..
            ...##..
            ...###.
            ...####

            """.ReplaceLineEndings("\n"), AttentionMask.Draw(mask));
        using var bidirectional = AttentionMask.Create(AttentionMaskKind.Bidirectional, 2, 7, batch.Valid, batch.ImageBlock, null, batch.SegmentIds);
        Assert.Equal("""
            #......
            .#.....
            ..#....
            ...#...
            ....#..
            .....#.
            ......#

            """.ReplaceLineEndings("\n"), AttentionMask.Draw(bidirectional, row: 1));
        Assert.Contains("need 2 numbers of segments, not 1", Assert.Throws<ArgumentException>(() => AttentionMask.Create(AttentionMaskKind.Causal, 1, 2, [true, true], [0, 0], null, [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_hold_each_example_once_and_are_no_longer_than_asked_for()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int[] lengths = [.. Enumerable.Range(0, 1 + random.Next(70)).Select(_ => 1 + random.Next(300))];
            int most = 1 + random.Next(900);
            var rows = PackedRows.Of(lengths, most, 1000);
            Assert.Equal(Enumerable.Range(0, lengths.Length), rows.SelectMany(r => r).Order());
            Assert.All(rows, row => Assert.True(row.Count == 1 || row.Sum(i => lengths[i]) <= Math.Max(most, lengths.Max())));
            Assert.True(Work(rows) <= lengths.Length * Cost(lengths.Max()) * 1.000001);

            double Work(IReadOnlyList<IReadOnlyList<int>> laid) => laid.Count * Cost(laid.Max(row => row.Sum(i => lengths[i])));
        }

        static double Cost(double length) => length * (1 + length / 1000);
    }

    [Fact]
    public void Examples_of_equal_length_stay_in_rows_of_their_own_and_unequal_ones_fill_each_other_up()
    {
        Assert.Equal(16, PackedRows.Of([.. Enumerable.Repeat(316, 16)], 2048, 2000).Count);
        var rows = PackedRows.Of([400, 200, 300, 100, 350, 150], 1024, 2000);
        Assert.Equal(500, rows.Max(row => row.Sum(i => new[] { 400, 200, 300, 100, 350, 150 }[i])));
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public void Impossible_layouts_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => (s_stage with { PackedLength = 1 }).Check());
        Assert.Contains("PackedLength is 1", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => (s_stage with { BatchLayout = (BatchLayout)7 }).Check());
        Assert.Contains("BatchLayout is 7; it must be one of Packed, Grouped, Padded", error.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, Tensor> LossAndGradients(TrainingBatch batch, AttentionMaskKind kind)
    {
        nn.Module[] parts = [_model.Network.Vision, _model.Network.Projector, _model.Network.Language];
        var parameters = parts.SelectMany((part, i) => part.named_parameters().Select(p => (Name: $"{i}.{p.name}", p.parameter))).Where(p => !p.Name.Contains("head", StringComparison.Ordinal)).ToList();
        foreach (var (_, parameter) in parameters)
        {
            parameter.requires_grad = true;
            parameter.grad?.zero_();
        }
        using var recorded = enable_grad();
        var (sum, count) = _model.Network.NegativeLogLikelihood(batch.Tokens, batch.VisualTokens(_model.Network, CPU), kind);
        Assert.Equal(batch.ScoredTokens, count);
        var mean = sum / count;
        mean.backward();
        var values = parameters.ToDictionary(p => p.Name, p => p.parameter.grad!.clone());
        values["loss"] = mean.detach();
        return values;
    }

    public void Dispose() => _model.Dispose();
}
