using VlmMlNet.Data.Mixtures;

namespace VlmMlNet.Tests.Data;

/// <summary>What is wrong with a recipe, or with what it lists, is told in one sentence.</summary>
public class RecipeErrorTests : RecipeFiles
{
    [Theory]
    [InlineData("", "the recipe is empty")]
    [InlineData("[]", "it is a list where names with values are expected")]
    [InlineData("seed: 1", "there is no list 'datasets'")]
    [InlineData("datasets: 5", "datasets: it is a number where a list is expected")]
    [InlineData("datasets: []", "'datasets' is empty")]
    [InlineData("datasets: [5]", "datasets[0]: it is a number where names with values are expected")]
    [InlineData("datasets:\n  - paht: a.json", "datasets[0]: 'paht' is no property of a data set. They are 'path', 'json_path'")]
    [InlineData("dataset: []", "'dataset' is no property of a recipe. They are 'datasets', 'seed'")]
    [InlineData("datasets: [{name: x}]", "datasets[0]: it has no 'path'")]
    [InlineData("datasets: [{path: a, json_path: a}]", "datasets[0]: it has both 'path' and 'json_path'")]
    [InlineData("datasets: [{path: ''}]", "datasets[0].path: it is empty")]
    [InlineData("datasets: [{path: 5}]", "datasets[0].path: it is a number where a text that is not empty is expected")]
    [InlineData("datasets: [{path: a, path: b}]", "datasets[0]: 'path' is given twice")]
    [InlineData("datasets: [{path: a, weight: 0}]", "'weight' of")]
    [InlineData("datasets: [{path: a, weight: .inf}]", "'weight' is .inf, which is no number that can be used (line 1)")]
    [InlineData("datasets: [{path: a, weight: .NaN}]", "'weight' is .NaN, which is no number")]
    [InlineData("datasets: [{path: a, weight: -.5}]", "'weight' of")]
    [InlineData("datasets: [{path: a, weight: 1001}]", "'weight' of")]
    [InlineData("datasets: [{path: a, weight: '2'}]", "datasets[0].weight: it is a text where a number is expected")]
    [InlineData("datasets: [{path: a, weight: 2x}]", "datasets[0].weight: it is a text where a number is expected")]
    [InlineData("datasets: [{path: a}]\nseed: 0x10000000000000000", "'seed' is 0x10000000000000000, which is no number that can be used (line 2)")]
    [InlineData("datasets: [{path: a}]\nseed: 0o7777777777777777777777", "'seed' is 0o7777777777777777777777, which is no number")]
    [InlineData("datasets: [{path: a}]\nseed: 99999999999999999999", "seed: 99999999999999999999 is no integer of 64 bits")]
    [InlineData("datasets: [{path: a}]\nseed: 1.5", "seed: 1.5 is no integer of 64 bits")]
    [InlineData("datasets: [{path: a, sampling_strategy: first:-5}]", "'first:-5' is none of")]
    [InlineData("datasets: [{path: a, sampling_strategy: first:99999999999999999999}]", "'first:99999999999999999999' is none of")]
    [InlineData("datasets: [{path: a, sampling_strategy: random:NaN%}]", "'random:NaN%' is none of")]
    [InlineData("datasets: [{path: a, weight: 1e999}]", "datasets[0].weight: 1e999 is too large")]
    [InlineData("datasets: [{path: a, split: dev}]", "datasets[0].split: it is 'dev'. It is one of 'all', 'train', 'val', 'validation', 'test'")]
    [InlineData("datasets: [{path: a, bad_rows: drop}]", "datasets[0].bad_rows: it is 'drop'. It is one of 'fail', 'skip'")]
    [InlineData("datasets: [{path: a, sampling_strategy: last:5}]", "datasets[0].sampling_strategy: 'last:5' is none of all, first:1000")]
    [InlineData("datasets: [{path: a, sampling_strategy: first:0}]", "datasets[0].sampling_strategy: 'first:0' is none of")]
    [InlineData("datasets: [{path: a, sampling_strategy: first:101%}]", "datasets[0].sampling_strategy: 'first:101%' is none of")]
    [InlineData("datasets: [{path: a, where: {x: }}]", "datasets[0].where.x: it is empty where a text")]
    [InlineData("datasets: [{path: a, where: {'': x}}]", "datasets[0].where: a name is empty")]
    [InlineData("datasets:\n  - path: [", "this is not valid YAML")]
    [InlineData("datasets: &a\n  - path: x\nseed: *a", "it has an alias (line 3)")]
    [InlineData("datasets: []\n---\nseed: 1", "it has more than one YAML document")]
    [InlineData("datasets: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "it is nested more than 16 times (line 1)")]
    [InlineData("? [a]\n: b", "a name is no text (line 1)")]
    [InlineData("{\"datasets\": [}", "this is not valid JSON")]
    [InlineData("{\"datasets\": [{\"path\": \"a\\u0000b\"}]}", "datasets[0].path: it has a null character in it")]
    [InlineData("{\"datasets\": [{\"path\": \"\\ud800\"}]}", "datasets[0].path: it is no valid text. Save the file as UTF-8.")]
    [InlineData("{\"\\ud800\": 1}", "a name is no valid text. Save the file as UTF-8.")]
    [InlineData("datasets: [{path: pictures}]", "was recognised as ImageFolder, which a recipe cannot list")]
    [InlineData("datasets: [{path: bad.yaml}]", "was recognised as Recipe, which a recipe cannot list")]
    public void A_bad_recipe_is_one_error_that_says_where(string recipe, string problem)
    {
        WriteAll();
        string path = Write("bad.yaml", recipe);
        var error = Assert.Throws<MalformedInputException>(() => Catalog.LoadRecipe(path));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<RowSampling> ImpossibleSamplings =>
    [
        new RowSampling(SamplingStrategy.First, Count: -5),
        new RowSampling(SamplingStrategy.Random, Count: 0),
        new RowSampling(SamplingStrategy.End, Percent: 100.5m),
        new RowSampling(SamplingStrategy.Random, Percent: -1),
        new RowSampling(SamplingStrategy.Random),
        new RowSampling(SamplingStrategy.First, Count: 5, Percent: 5),
        new RowSampling((SamplingStrategy)7, Count: 5),
    ];

    [Theory]
    [MemberData(nameof(ImpossibleSamplings))]
    public void A_sampling_that_takes_no_possible_number_of_rows_is_an_error(RowSampling sampling)
    {
        Write("a.csv", "image,caption\na.png,x\n");
        var recipe = new DataRecipe { Datasets = [new RecipeDataset { Path = InFolder("a.csv"), Sampling = sampling }] };
        Assert.Contains("'sampling_strategy' of", Assert.Throws<MalformedInputException>(() => Catalog.LoadRecipe(recipe)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void A_weight_from_code_is_held_to_the_same_bounds(double weight)
    {
        var recipe = new DataRecipe { Datasets = [new RecipeDataset { Path = Write("a.csv", "image,caption\na.png,x\n"), Weight = weight }] };
        Assert.Contains("It is above 0 and at most 1000", Assert.Throws<MalformedInputException>(() => Catalog.LoadRecipe(recipe)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_leaves_no_row_is_an_error()
    {
        Write("a.csv", "image,caption\na.png,x\nb.png,y\n");
        Assert.Contains("'weight' 0.1 leaves nothing of the 2 rows of data set 'a.csv'", Bad(Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [{path: a.csv, weight: .1}]"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_bad_rows_are_named()
    {
        Slake();
        var unknown = Assert.Throws<MalformedInputException>(() => Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [{path: slake.json, split: test}]")));
        Assert.StartsWith($"{InFolder("slake.json")}: the part Test is asked for, but Slake does not say which rows these are", unknown.Message, StringComparison.Ordinal);
        Assert.Contains(InFolder("none.yaml"), Assert.Throws<FileNotFoundException>(() => Catalog.LoadRecipe(InFolder("none.yaml"))).Message, StringComparison.Ordinal);
        string path = Write("recipe.yaml", "datasets: [path: none.json]");
        Assert.Contains(InFolder("none.json"), Assert.Throws<FileNotFoundException>(() => Catalog.LoadRecipe(path)).Message, StringComparison.Ordinal);
        Write("a.jsonl", """
            {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}
            {"conversations": []}
            """);
        Assert.StartsWith($"{InFolder("a.jsonl")}, row 1: the conversation is empty", Bad(Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [path: a.jsonl]"))).Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(Catalog.LoadRecipe(Write("recipe.yaml", "datasets: [{path: a.jsonl, bad_rows: skip}]"))));
    }
}
