using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Generation;

namespace VlmMlNet.Tests.Components;

public sealed class CaptionGenerationTests : IDisposable
{
    private readonly VisionLanguageModel _model = SharpModel.Create();
    private readonly MLContext _context = new(1);
    private int _read;

    public void Dispose() => _model.Dispose();

    private IDataView Rows(int count) => _context.Data.LoadFromEnumerable(new Counted(this, count));

    private CaptionGeneratorOptions Options(double temperature = 0, int beams = 1, int? seed = null, int batchSize = 3) => new()
    {
        Model = _model,
        VisualTokensColumnName = nameof(Row.Tokens),
        PromptColumnName = nameof(Row.Prompt),
        MaxTokens = 9,
        MaxThreads = 1,
        BatchSize = batchSize,
        Temperature = temperature,
        TopK = temperature > 0 ? 40 : null,
        TopP = temperature > 0 ? 0.95 : 1,
        Seed = seed,
        NumBeams = beams,
        LengthPenalty = beams > 1 ? 0.5 : 1,
        RepetitionPenalty = 1.1,
        StopSequences = ["zzz"],
        MinTokens = 1,
        LogProbabilityColumnName = "LogProbability",
    };

    private (string Caption, float LogProbability)[] Captions(CaptionGeneratorOptions options, int count, MLContext? context = null)
    {
        using var transformer = (context ?? _context).Transforms.CaptionGenerator(options).Fit(Rows(count));
        return Captions(transformer, count);
    }

    private (string Caption, float LogProbability)[] Captions(ITransformer transformer, int count)
    {
        var rows = transformer.Transform(Rows(count));
        return [.. rows.GetColumn<string>("Caption").Zip(rows.GetColumn<float>("LogProbability"))];
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.5, 1)]
    [InlineData(0, 3)]
    public void Rows_have_the_captions_that_each_has_alone_whatever_is_beside_them(double temperature, int beams)
    {
        var expected = Captions(Options(temperature, beams, 5, batchSize: 1), 20);
        Assert.True(expected.Select(c => c.Caption).Distinct().Count() > 3);
        Assert.All(expected, c => Assert.InRange(c.LogProbability, -200, 0));
        foreach (int batchSize in new[] { 2, 7, 64 })
            Assert.Equal(expected, Captions(Options(temperature, beams, 5, batchSize), 20));
        Assert.Equal(expected[..4], Captions(Options(temperature, beams, 5), 4));
    }

    [Fact]
    public void The_seed_of_the_context_holds_where_none_is_given()
    {
        (string, float)[] With(int contextSeed, int? seed) => Captions(Options(3, seed: seed), 6, new MLContext(contextSeed));
        Assert.Equal(With(1, null), With(1, null));
        Assert.NotEqual(With(1, null), With(2, null));
        Assert.Equal(With(1, 9), With(2, 9));
        Assert.NotEqual(With(1, 9), With(1, 8));
    }

    [Theory]
    [InlineData(2.0, 1)]
    [InlineData(0.0, 4)]
    public void A_saved_pipeline_generates_as_before(double temperature, int beams)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "pipeline.zip");
        using var transformer = _context.Transforms.CaptionGenerator(Options(temperature, beams, 4)).Fit(Rows(1));
        _context.Model.Save(transformer, Rows(1).Schema, file);
        var loaded = new MLContext(77).Model.Load(file, out _);
        Assert.Equal(Captions(transformer, 7), Captions(loaded, 7));
        ((IDisposable)loaded).Dispose();
    }

    [Fact]
    public void Rows_are_read_as_places_become_free_and_those_that_nobody_asks_for_are_passed_over()
    {
        using var transformer = _context.Transforms.CaptionGenerator(Options(batchSize: 2)).Fit(Rows(1));
        string[] expected = [.. transformer.Transform(Rows(60)).GetColumn<string>("Caption")];
        _read = 0;
        var data = transformer.Transform(Rows(60));
        using var cursor = data.GetRowCursor([data.Schema["Caption"], data.Schema["Number"], data.Schema[nameof(Row.Prompt)]]);
        Assert.Equal(0, _read);
        var getCaption = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Caption"]);
        var getNumber = cursor.GetGetter<int>(data.Schema["Number"]);
        var getPrompt = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema[nameof(Row.Prompt)]);
        for (int row = 0; cursor.MoveNext(); row++)
        {
            ReadOnlyMemory<char> caption = default, prompt = default;
            int number = 0;
            if (row is not (0 or 1 or 2 or 7 or 30 or 31 or 59))
                continue;
            getNumber(ref number);
            getPrompt(ref prompt);
            getCaption(ref caption);
            getCaption(ref caption);
            Assert.Equal((row, Row.PromptOf(row), expected[row]), (number, prompt.ToString(), caption.ToString()));
            Assert.InRange(_read, 1, 2 * (row + 10)); // by two cursors, 8 rows ahead at most
        }
    }

    [Fact]
    public void A_row_that_is_wrong_is_named_and_later_rows_do_not_take_its_place()
    {
        using var transformer = _context.Transforms.CaptionGenerator(Options(batchSize: 2)).Fit(Rows(1));
        var rows = Enumerable.Range(0, 30).Select(i => Row.Create(i)).ToList();
        rows[20].Prompt = "<image> and <image>";
        using var captions = transformer.Transform(_context.Data.LoadFromEnumerable(rows)).GetColumn<string>("Caption").GetEnumerator();
        int read = 0;
        var error = Assert.Throws<MalformedInputException>(() =>
        {
            for (; captions.MoveNext(); read++)
            {
            }
        });
        Assert.Equal(20, error.Row);
        Assert.InRange(read, 10, 20);
    }

    [Fact]
    public void Contradictory_options_and_names_are_told_when_the_estimator_is_made()
    {
        string Message(CaptionGeneratorOptions options) => Assert.Throws<ArgumentOutOfRangeException>(() => _context.Transforms.CaptionGenerator(options)).Message;
        Assert.Contains("TopP is 0.5; Temperature is 0", Message(new() { Model = _model, TopP = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("Must be a name other than OutputColumnName", Message(new() { Model = _model, LogProbabilityColumnName = "Caption" }), StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public int Number { get; set; }

        public string Prompt { get; set; } = "";

        [VectorType(4, 16)]
        public float[] Tokens { get; set; } = [];

        public static string PromptOf(int number) => SharpModel.Prompts[number % SharpModel.Prompts.Length];

        public static Row Create(int number) => new() { Number = number, Prompt = PromptOf(number), Tokens = [.. Enumerable.Range(0, 64).Select(k => 30 * MathF.Sin(0.7f * number + k))] };
    }

    private sealed class Counted(CaptionGenerationTests owner, int count) : IEnumerable<Row>
    {
        public IEnumerator<Row> GetEnumerator()
        {
            for (int i = 0; i < count; i++)
            {
                owner._read++;
                yield return Row.Create(i);
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
