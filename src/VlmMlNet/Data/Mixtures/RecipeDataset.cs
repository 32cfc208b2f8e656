using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>A data set of a <see cref="DataRecipe"/>, and what is taken of it.</summary>
public sealed record RecipeDataset
{
    /// <summary>The file, several with <c>*</c> or <c>?</c>, or a folder of parquet files, in any format that
    /// <see cref="VisionLanguageDataCatalog.Load(string, string)"/> recognises. In a recipe file relative to it, as
    /// <c>path</c> or, as LLaVA says, <c>json_path</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What errors and the column Dataset call it. Default: null, the name of the file.</summary>
    public string? Name { get; init; }

    /// <summary>The folder that relative paths of pictures start from; in a recipe file <c>image_folder</c>, relative to it.
    /// Default: null, the default of the format.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Which rows, of those that <see cref="Where"/> leaves; <c>sampling_strategy</c>. Default: all.</summary>
    public RowSampling Sampling { get; init; } = RowSampling.All;

    /// <summary>How often each row comes in one pass over the mixture. Of a fraction so many rows come, others in each
    /// shuffled pass: 2.5 is each row twice and half of them once more. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The part of a data set that names the part of each row: Karpathy's, a CSV with a column <c>split</c>, VQA-RAD. Default: all.</summary>
    public DataSplit Split { get; init; } = DataSplit.All;

    /// <summary>The language of SLAKE's questions, <c>en</c> or <c>zh</c>. Default: null, all.</summary>
    public string? Language { get; init; }

    /// <summary>The names of its columns, where they are not the usual ones; in a recipe file <c>columns: {image: jpg, caption: txt}</c>.
    /// Default: none.</summary>
    public DataColumns Columns { get; init; } = new();

    /// <summary>Columns of text and the values that a row may have in them, such as AnswerType and CLOSED. Default: none, every row.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What happens to a row that cannot be used; <c>bad_rows</c>. Default: <see cref="BadRowHandling.Fail"/>.</summary>
    public BadRowHandling BadRows { get; init; } = BadRowHandling.Fail;
}
