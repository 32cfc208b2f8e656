using Microsoft.ML;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Mixtures.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <summary>Reads a mixture of data sets, as LLaVA-NeXT's YAML files list them (JSON of the same structure will do):
    /// <code>
    /// datasets:
    ///   - json_path: llava_next_790k.json   # or path; any format that Load recognises, several files with *
    ///     image_folder: images
    ///     sampling_strategy: random:10%     # all, first:N, end:N, random:N, N rows or N%
    ///   - path: pathvqa/train-*.parquet
    ///     weight: 2                         # each row twice in a pass
    ///   - path: slake/train.json
    ///     where: { AnswerType: [OPEN] }
    ///     bad_rows: skip
    /// </code>
    /// <c>split</c>, <c>language</c>, <c>columns</c>, <c>name</c> and, at the top, <c>seed</c> are the further properties; <c>data-schemas/recipe.schema.json</c> is
    /// the schema.</summary>
    /// <remarks>Columns: Id, Image, ImagePath, Conversation, Captions, Dataset (the data set's name); Conversation is empty for rows
    /// with captions, Captions for those with a conversation. Image is text where no data set embeds its pictures, and
    /// the encoded picture (Vector&lt;Byte&gt;) where one does: pictures in files are then read when they are asked for. Rows come
    /// data set by data set; shuffled, by training or by <c>mlContext.Data.ShuffleRows</c>, each data set is spread evenly over the
    /// mixture. Nothing is loaded whole, but for one bit for each row of data sets that are filtered or sampled; texts are
    /// read once, before the first row, to count the rows.</remarks>
    /// <param name="path">The recipe file.</param>
    /// <exception cref="FileNotFoundException">The recipe or one of its files does not exist.</exception>
    /// <exception cref="MalformedInputException">The recipe is bad, or a data set of no known format.</exception>
    public IDataView LoadRecipe(string path) => LoadRecipe(path, new DataLoadOptions());

    /// <inheritdoc cref="LoadRecipe(string)"/>
    /// <summary>Mixes data sets.</summary>
    /// <param name="recipe">The data sets, and what is taken of them.</param>
    public IDataView LoadRecipe(DataRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Mix(recipe, "recipe", new DataLoadOptions());
    }

    internal MixtureDataView LoadRecipe(string path, DataLoadOptions options)
    {
        if (options.Take is not null)
            throw new MalformedInputException(path, "a number of rows is asked for, and this is a recipe", "Say it as 'sampling_strategy' of its data sets, or take rows of the whole with mlContext.Data.TakeRows.");
        if (options.Columns.AreNamed)
            throw new MalformedInputException(path, "names of columns are given, and this is a recipe", "Say them as 'columns' of its data sets.");
        return Mix(RecipeReader.Read(path), path, options);
    }

    private MixtureDataView Mix(DataRecipe recipe, string source, DataLoadOptions options)
    {
        RecipeReader.Check(recipe, source);
        var random = new Random((int)(recipe.Seed ^ (recipe.Seed >> 32)));
        return new MixtureDataView([.. recipe.Datasets.Select(d => new MixtureSource(d, Open(d, source, options), source, random.Next()))]);
    }

    private FileDataView Open(RecipeDataset dataset, string source, DataLoadOptions common)
    {
        var options = new DataLoadOptions
        {
            ImageFolder = dataset.ImageFolder ?? common.ImageFolder,
            BadRows = common.BadRows == BadRowHandling.Skip ? common.BadRows : dataset.BadRows,
            OnBadRow = common.OnBadRow,
            AllowOutsideImages = common.AllowOutsideImages,
            SkipsIncompleteRows = common.SkipsIncompleteRows,
            NeedsAnswers = common.NeedsAnswers,
            Split = dataset.Split,
            Language = dataset.Language,
            Columns = dataset.Columns,
        };
        // A recipe that lists itself would never end.
        DataFormat format = DataFormat.Recipe;
        bool isRecipe = !Directory.Exists(dataset.Path) && FormatRecognizer.Recognize(DataFile.Expand(dataset.Path)[0], dataset.Columns).IsMixture;
        FileDataView? view = isRecipe ? null : Load(dataset.Path, out format, options) as FileDataView;
        bool Has(string column) => view?.Schema.GetColumnOrNull(column) is not null;
        return Has(VisionLanguageColumns.Image) && (Has(VisionLanguageColumns.Conversation) || Has(VisionLanguageColumns.Captions)) ? view!
            : throw new MalformedInputException(source, $"'{dataset.Path}' was recognised as {DataFormats.Of(format).Name}, which a recipe cannot list", "A recipe lists data sets of captions, questions or conversations.");
    }
}
