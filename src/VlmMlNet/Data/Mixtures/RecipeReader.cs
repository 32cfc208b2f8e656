using System.Text.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>Reads recipe files.</summary>
internal static class RecipeReader
{
    private const int MaxBytes = 4 << 20;
    private static readonly string[] s_recipe = ["datasets", "seed"];
    private static readonly string[] s_dataset = ["path", "json_path", "name", "image_folder", "sampling_strategy", "weight", "split", "language", "columns", "where", "bad_rows"];
    private static readonly string[] s_columns = ["image", "caption", "question", "answer", "id", "conversation"];

    public static DataRecipe Read(string path)
    {
        using JsonDocument document = Parse(path);
        var recipe = Recipe(new RecipeNode(path, "", document.RootElement), System.IO.Path.GetDirectoryName(path) ?? "");
        Check(recipe, path);
        return recipe;
    }

    /// <summary>A recipe file, YAML or JSON, as JSON.</summary>
    public static JsonDocument Parse(string path)
    {
        DataFile.CheckExists(path);
        if (new FileInfo(path).Length > MaxBytes)
            throw new MalformedInputException(path, "the recipe has more than 4 MB", "A recipe lists data sets; it does not hold their rows.");
        byte[] bytes = File.ReadAllBytes(path);
        bool isJson = bytes.AsSpan().TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8).StartsWith("{"u8);
        return isJson ? ParseJson(path, bytes) : YamlText.Parse(path, bytes);
    }

    /// <summary>What is common to recipes from files and from code.</summary>
    public static void Check(DataRecipe recipe, string source)
    {
        if (recipe.Datasets.Count == 0)
            throw new MalformedInputException(source, "'datasets' is empty", "List at least one data set.");
        foreach (RecipeDataset dataset in recipe.Datasets)
        {
            if (!dataset.Sampling.IsValid)
                throw new MalformedInputException(source, $"'sampling_strategy' of '{dataset.Path}' is {dataset.Sampling}", "A number of rows is positive, a percentage above 0 and at most 100, and there is one of them.");
            if (!(dataset.Weight > 0 && dataset.Weight <= 1000))
                throw new MalformedInputException(source, $"'weight' of '{dataset.Path}' is {dataset.Weight.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "It is above 0 and at most 1000; leave out a data set that is not wanted.");
        }
    }

    private static DataRecipe Recipe(RecipeNode root, string folder)
    {
        var properties = root.Properties(s_recipe);
        return new DataRecipe
        {
            Datasets = properties.TryGetValue("datasets", out RecipeNode? datasets)
                ? [.. datasets.Items().Select(d => Dataset(d, folder))]
                : throw root.Bad("there is no list 'datasets'", "A recipe has 'datasets:' and below it, for each data set, '- path: FILE'."),
            Seed = properties.TryGetValue("seed", out RecipeNode? seed) ? seed.Integer() : 1,
        };
    }

    private static RecipeDataset Dataset(RecipeNode node, string folder)
    {
        var properties = node.Properties(s_dataset);
        RecipeNode? path = Optional("path") ?? Optional("json_path");
        if (path is null || Optional("path") is not null && Optional("json_path") is not null)
            throw node.Bad(path is null ? "it has no 'path'" : "it has both 'path' and 'json_path'", "A data set has one of the two.");
        var dataset = new RecipeDataset
        {
            Path = System.IO.Path.Combine(folder, path.Text()),
            Name = Optional("name")?.Text() ?? System.IO.Path.GetFileName(path.Text().TrimEnd('/', '\\')),
            ImageFolder = Optional("image_folder") is { } images ? System.IO.Path.Combine(folder, images.Text()) : null,
            Weight = Optional("weight")?.Number() ?? 1,
            Language = Optional("language")?.Text(),
            Where = Optional("where") is { } where ? where.Properties(null).ToDictionary(p => p.Key, p => p.Value.TextOrTexts()) : new Dictionary<string, IReadOnlyList<string>>(),
            Columns = Optional("columns") is { } columns ? Columns(columns) : new DataColumns(),
            Split = Optional("split")?.OneOf(("all", DataSplit.All), ("train", DataSplit.Train), ("val", DataSplit.Validation), ("validation", DataSplit.Validation), ("test", DataSplit.Test)) ?? DataSplit.All,
            BadRows = Optional("bad_rows")?.OneOf(("fail", BadRowHandling.Fail), ("skip", BadRowHandling.Skip)) ?? BadRowHandling.Fail,
        };
        if (Optional("sampling_strategy") is not { } sampling)
            return dataset;
        try
        {
            return dataset with { Sampling = RowSampling.Parse(sampling.Text()) };
        }
        catch (FormatException e)
        {
            throw sampling.Bad(e.Message, null);
        }

        RecipeNode? Optional(string name) => properties.GetValueOrDefault(name);
    }

    private static DataColumns Columns(RecipeNode node)
    {
        var names = node.Properties(s_columns);
        string? Named(string kind) => names.GetValueOrDefault(kind)?.Text();
        return new DataColumns { Image = Named("image"), Caption = Named("caption"), Question = Named("question"), Answer = Named("answer"), Id = Named("id"), Conversation = Named("conversation") };
    }

    private static JsonDocument ParseJson(string path, byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        }
        catch (JsonException e)
        {
            throw new MalformedInputException(path, $"this is not valid JSON: {Json.JsonFields.Reason(e)} (line {e.LineNumber + 1})", null, null, e);
        }
    }
}
