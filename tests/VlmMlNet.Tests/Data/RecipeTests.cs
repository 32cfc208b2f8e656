using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Data;

public class RecipeTests : RecipeFiles
{
    [Fact]
    public void A_mixture_has_the_rows_of_its_data_sets_in_one_set_of_columns()
    {
        IDataView data = Catalog.LoadRecipe(WriteAll());
        Assert.Equal(["Id", "Image", "ImagePath", "Conversation", "Captions", "Dataset", "SystemPrompt"], data.Schema.Select(c => c.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte), data.Schema["Image"].Type);
        Assert.Equal(["l0", "l1", "l2", "0", "1", "0", "1", "a.jpg", "b.jpg", "7"], Text(data, "Id"));
        Assert.Equal(10, data.GetRowCount());
        Assert.Equal(["llava.json", "llava.json", "llava.json", "a.parquet", "a.parquet", "a.parquet", "a.parquet", "table", "table", "slake.json"], Text(data, "Dataset"));
        Assert.Equal(InFolder("talks/l0.jpg"), Text(data, "ImagePath")[0]);
        Assert.Equal(Path.Combine(InFolder("pictures"), "b.jpg"), Text(data, "ImagePath")[8]);
        Assert.Equal(["<image>\nq0", "a0"], Texts(data, "Conversation")[0]);
        Assert.Empty(Texts(data, "Captions")[0]);
        Assert.Empty(Texts(data, "Conversation")[7]);
        Assert.Equal(["x", "y"], Texts(data, "Captions")[7]);
        // Pictures in files are read when they are asked for.
        WriteBytes("talks/l0.jpg", [1, 2, 3]);
        using var cursor = data.GetRowCursor(data.Schema);
        var get = cursor.GetGetter<VBuffer<byte>>(data.Schema["Image"]);
        VBuffer<byte> bytes = default;
        Assert.True(cursor.MoveNext());
        get(ref bytes);
        Assert.Equal([1, 2, 3], bytes.DenseValues());
        Assert.True(cursor.MoveNext());
        Assert.Contains(InFolder("talks/l1.jpg"), Assert.Throws<FileNotFoundException>(() => get(ref bytes)).Message, StringComparison.Ordinal);
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        get(ref bytes);
        Assert.Equal(Rows(2)[0].image!.bytes, bytes.DenseValues());
    }

    [Fact]
    public void Yaml_JSON_code_and_recognition_give_the_same_mixture()
    {
        string yaml = WriteAll();
        string json = Write("recipe.json", """
            {"datasets": [{"path": "talks/llava.json", "sampling_strategy": "first:3"}, {"path": "a.parquet", "weight": 2.0},
              {"path": "rows.csv", "name": "table", "image_folder": "pictures"}, {"path": "slake.json", "where": {"QuestionType": ["Modality", "Plane"]}, "language": "en"}]}
            """);
        var expected = Ids(Catalog.LoadRecipe(yaml), 3);
        Assert.Equal(expected, Ids(Catalog.LoadRecipe(json), 3));
        Assert.Equal(expected, Ids(Catalog.LoadRecipe(DataRecipe.Load(yaml)), 3));
        Assert.Equal(expected, Ids(Catalog.Load(yaml, out DataFormat format), 3));
        Assert.Equal(DataFormat.Recipe, format);
        Assert.Equal(expected, Ids(Catalog.Load(json, out format), 3));
        Assert.Equal(DataFormat.Recipe, format);
        File.Move(yaml, InFolder("of any name"));
        Assert.Equal(expected, Ids(Catalog.Load(InFolder("of any name")), 3));
    }

    [Theory]
    [InlineData("all", 10)]
    [InlineData("first:3", 3)]
    [InlineData("first:300", 10)]
    [InlineData("first:25%", 3)]
    [InlineData("end:4", 4)]
    [InlineData("end:0.5%", 1)]
    [InlineData("random:6", 6)]
    [InlineData("random:100%", 10)]
    public void A_sampling_strategy_takes_what_it_says(string strategy, int count)
    {
        WriteTalks(10);
        string[] Sampled(int seed) => Text(Catalog.LoadRecipe(Write("recipe.yaml", $"seed: {seed}\ndatasets: [{{path: talks/llava.json, sampling_strategy: {strategy}}}]")), "Id");
        string[] ids = Sampled(1);
        Assert.Equal(count, ids.Length);
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids, Sampled(1));
        if (strategy.StartsWith("first", StringComparison.Ordinal))
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"l{i}"), ids);
        if (strategy.StartsWith("end", StringComparison.Ordinal))
            Assert.Equal(Enumerable.Range(10 - count, count).Select(i => $"l{i}"), ids);
        if (strategy == "random:6")
            Assert.Contains(Enumerable.Range(2, 20), seed => !Sampled(seed).SequenceEqual(ids));
        Assert.Equal(strategy, RowSampling.Parse(strategy).ToString());
    }

    [Fact]
    public void Random_rows_are_equally_probable()
    {
        var counts = new int[20];
        var all = RowSelection.All(20);
        for (int seed = 0; seed < 4000; seed++)
        {
            var sample = all.Sample(5, new Random(seed));
            Assert.Equal(5, sample.Count);
            for (int row = 0; row < 20; row++)
                counts[row] += sample.Contains(row) ? 1 : 0;
        }
        Assert.All(counts, c => Assert.InRange(c, 880, 1120)); // 1000, four standard deviations
    }

    [Fact]
    public void A_selection_counts_stretches()
    {
        var random = new Random(3);
        var selection = new RowSelection(1000);
        bool[] chosen = new bool[1000];
        for (int row = 0; row < 1000; row++)
            if (chosen[row] = random.Next(3) == 0)
                selection.Add(row);
        for (int i = 0; i < 1000; i++)
        {
            int first = random.Next(1000), count = random.Next(1001 - first);
            Assert.Equal(chosen.Skip(first).Take(count).Count(c => c), selection.CountOf(first, count));
        }
        Assert.Equal(chosen.Count(c => c), selection.Count);
        Assert.Equal(10, selection.Range(5, 10).Count);
    }

    [Fact]
    public void A_weight_repeats_rows_and_takes_others_in_each_pass_of_a_part()
    {
        WriteTalks(10);
        var data = (IRowStream)Catalog.LoadRecipe(Write("recipe.yaml", "datasets:\n- path: talks/llava.json\n  weight: 2.4\n"));
        Assert.Equal(24, data.CountRows());
        string[] plain = Ids(data, null);
        Assert.Equal(plain, Ids(data, null));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"l{i % 10}"), plain.Take(20));
        Assert.Equal(4, plain.Skip(20).Distinct().Count());
        string[][] passes = [.. Enumerable.Range(0, 10).Select(seed => Ids(data, seed))];
        Assert.All(passes, pass => Assert.All(pass.GroupBy(id => id), row => Assert.InRange(row.Count(), 2, 3)));
        Assert.True(passes.Select(pass => string.Join(' ', pass.Skip(20).Order())).Distinct().Count() > 3);
    }

    [Fact]
    public void Where_keeps_rows_with_the_values_that_it_lists()
    {
        Slake();
        string[] Kept(string where) => Text(Catalog.LoadRecipe(Write("recipe.yaml", $"datasets:\n- path: slake.json\n  where: {where}\n")), "Id");
        Assert.Equal(["7", "8"], Kept("{AnswerType: OPEN}"));
        Assert.Equal(["8"], Kept("{AnswerType: OPEN, QuestionType: [Organ, 3]}"));
        Assert.Equal(["9"], Kept("{Question: yes}"));
        var error = Assert.Throws<MalformedInputException>(() => Kept("{Answer: OPEN}"));
        Assert.Equal($"{InFolder("recipe.yaml")}: 'where' names column 'Answer', which data set 'slake.json' does not have. Its columns of text are 'Id', 'Image', 'ImagePath', 'Question', 'AnswerType', 'QuestionType'.", error.Message);
        error = Assert.Throws<MalformedInputException>(() => Kept("{AnswerType: open}"));
        Assert.Equal($"{InFolder("recipe.yaml")}: nothing is left of data set 'slake.json'. Does 'where' give the values as they stand in the data?", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cursor_starts_at_any_row(int? seed)
    {
        WriteAll();
        WriteTalks(700);
        string path = Write("recipe.yaml", Yaml.Replace("first:3", "random:60%", StringComparison.Ordinal).Replace("name: table", "weight: 1.5", StringComparison.Ordinal));
        var data = (IRowStream)Catalog.LoadRecipe(path);
        string[] whole = Ids(data, seed);
        Assert.Equal(420 + 4 + 3 + 1, whole.Length);
        Assert.Equal(whole.Length, data.CountRows());
        Assert.Equal(whole, Ids(Catalog.LoadRecipe(path), seed));
        if (seed is not null)
        {
            Assert.NotEqual(Ids(data, null), whole);
            Assert.Equal(Ids(data, null).Where(id => id[0] == 'l').Order(), whole.Where(id => id[0] == 'l').Order());
        }
        for (int first = 0; first <= whole.Length + 1; first += first < 420 ? 23 : 1)
            Assert.Equal(whole.Skip(first), Ids(data, seed, first));
    }

    [Fact]
    public void ShuffleRows_of_ML_NET_spreads_the_data_sets()
    {
        WriteAll();
        WriteTalks(100);
        var data = Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [path: talks/llava.json, path: a.parquet, {path: a.parquet, weight: 49}]"));
        string[] names = Text(Context.Data.ShuffleRows(data, seed: 3, shufflePoolSize: 10), "Dataset");
        Assert.Equal(200, names.Length);
        Assert.All(names.Chunk(50), part => Assert.InRange(part.Count(n => n == "llava.json"), 13, 37));
    }

    [Fact]
    public void Training_learns_conversations_and_captions_of_a_mixture()
    {
        var examples = Context.VisionLanguage().ReadExamples([Catalog.LoadRecipe(WriteAll())], new TrainingStageOptions { CaptionPrompt = "Say." });
        var read = examples.Read().ToList();
        Assert.Equal(examples.Count, read.Count);
        Assert.Equal("llava.json, row 0", read[0].Id);
        Assert.Equal(["<image>\nq0", "a0"], read[0].Messages.Select(m => m.Content));
        Assert.Contains(read, e => e.Id == "table, row 0" && e.Messages[0].Content == "<image>\nSay." && e.Messages[1].Content == "y");
        Assert.Equal(InFolder("talks/l0.jpg"), read[0].Images[0].Name);
        Assert.Equal(0, read[0].Images[0].HeldBytes); // in its file until it is decoded
        Assert.Contains(read, e => e.Images is [{ Name: "a.parquet, column 'Image'", HeldBytes: > 0 }]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(9)]
    public void A_stream_of_a_mixture_goes_on_from_every_place(int? window)
    {
        WriteAll();
        WriteTalks(220);
        string path = Write("recipe.yaml", Yaml.Replace("first:3", "random:60%", StringComparison.Ordinal).Replace("name: table", "weight: 7.5", StringComparison.Ordinal));
        ExampleStream Open() => new(Context.VisionLanguage().ReadExamples([Catalog.LoadRecipe(path)]), 5, 1, window is { } size ? new ShuffleWindow(size, 800) : null);
        var whole = Open().Read().ToList();
        Assert.InRange(whole.Count, 132 + 4 + 15 + 1, 132 + 4 + 30 + 1);
        for (int i = 0; i < whole.Count; i += 5)
        {
            var rest = Open().Read(whole[i].Next).ToList();
            Assert.Equal(whole.Skip(i + 1).Select(e => (e.Example.Id, e.Example.Messages[1].Content, e.Next)), rest.Select(e => (e.Example.Id, e.Example.Messages[1].Content, e.Next)));
        }
    }

    [Fact]
    public void A_row_that_comes_twice_in_a_pass_comes_in_another_order_the_second_time()
    {
        for (int i = 0; i < 8; i++)
            Write($"part{i}.csv", $"image,caption\n{i}.png,x\n");
        string[] ids = Ids(Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [{path: 'part*.csv', weight: 2}]")), seed: 3);
        Assert.Equal(ids[..8].Order(), ids[8..].Order());
        Assert.NotEqual(ids[..8], ids[8..]);
    }

    [Fact]
    public void Each_row_of_a_mixture_has_an_id_of_its_own_however_often_it_comes()
    {
        Write("a.csv", "image,caption\na.png,x\nb.png,x\n");
        var data = Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [{path: a.csv, weight: 2}, {path: a.csv, name: again}]"));
        using var cursor = data.GetRowCursor([]);
        var get = cursor.GetIdGetter();
        var ids = new HashSet<DataViewRowId>();
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            get(ref id);
            ids.Add(id);
        }
        Assert.Equal(6, ids.Count);
    }
}
