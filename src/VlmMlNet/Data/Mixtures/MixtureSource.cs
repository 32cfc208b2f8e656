using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>A data set within a mixture: which of its rows come, and how often.</summary>
/// <param name="dataset">What the recipe says.</param>
/// <param name="view">Its rows.</param>
/// <param name="recipe">The recipe, as messages name it.</param>
/// <param name="seed">Decides what is sampled.</param>
internal sealed class MixtureSource(RecipeDataset dataset, FileDataView view, string recipe, int seed)
{
    private readonly Lock _lock = new();
    private volatile Plan? _plan;

    public FileDataView View { get; } = view;

    public string Name { get; } = dataset.Name ?? System.IO.Path.GetFileName(dataset.Path);

    /// <summary>Whether its column Image holds pictures, not paths.</summary>
    public bool EmbedsPictures => View.Schema[VisionLanguageColumns.Image].Type is VectorDataViewType;

    /// <summary>The same with its rows to be learned from.</summary>
    public MixtureSource ToLearnFrom() => new(dataset, View.ToLearnFrom(), recipe, Seed);

    /// <summary>Decides what is sampled.</summary>
    public int Seed { get; } = seed;

    /// <summary>The chosen rows; null for all.</summary>
    public RowSelection? Selection => Planned().Selection;

    /// <summary>How many rows are chosen.</summary>
    public long ChosenRows => Planned().Rows;

    /// <summary>How many rows it gives to one pass over the mixture.</summary>
    public long Rows => RowsOf(Planned().Rows);

    /// <summary>Conversations or captions in <see cref="Rows"/>; of a part of the rows in proportion.</summary>
    public long CountExamples() => View.HasConversations ? Rows : (long)Math.Round(View.CountCaptions(Selection) * dataset.Weight);

    /// <summary>Whether <see cref="Rows"/> is known.</summary>
    public bool IsPlanned => _plan is not null;

    /// <summary>Columns that 'where' names are there.</summary>
    /// <exception cref="MalformedInputException">One is not, or is no text.</exception>
    public void Check()
    {
        foreach (string name in dataset.Where.Keys)
        {
            if (name.Length == 0 || View.Schema.GetColumnOrNull(name)?.Type is not TextDataViewType)
                throw new MalformedInputException(recipe, $"'where' names column '{name}', which data set '{Name}' does not have",
                    $"Its columns of text are {string.Join(", ", View.Schema.Where(c => c.Type is TextDataViewType).Select(c => $"'{c.Name}'"))}.");
        }
    }

    private long RowsOf(long chosen) => (long)Math.Round(chosen * dataset.Weight);

    private Plan Planned()
    {
        if (_plan is { } known)
            return known;
        lock (_lock)
            return _plan ??= Make();
    }

    private Plan Make()
    {
        RowSelection? selection = dataset.Where.Count == 0 ? null : Filter();
        long rows = selection?.Count ?? View.CountRows();
        RowSampling sampling = dataset.Sampling;
        long count = sampling.CountOf(rows);
        if (count < rows)
        {
            selection ??= RowSelection.All(rows);
            selection = sampling.Strategy switch
            {
                SamplingStrategy.First => selection.Range(0, count),
                SamplingStrategy.End => selection.Range(rows - count, count),
                _ => selection.Sample(count, new Random(Seed)),
            };
        }
        if (count == 0)
            throw new MalformedInputException(recipe, $"nothing is left of data set '{Name}'", dataset.Where.Count > 0 ? "Does 'where' give the values as they stand in the data?" : "Leave it out.");
        if (RowsOf(count) == 0)
            throw new MalformedInputException(recipe, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'weight' {dataset.Weight} leaves nothing of the {count} rows of data set '{Name}'"), "Give it a larger weight, or leave it out.");
        return new Plan(selection, count);
    }

    private RowSelection Filter()
    {
        var columns = dataset.Where.Keys.Select(name => View.Schema[name]).ToList();
        var chosen = new List<long>();
        using DataViewRowCursor cursor = View.GetRowCursor(columns);
        var tests = columns.ConvertAll(column => (Get: cursor.GetGetter<ReadOnlyMemory<char>>(column), Values: dataset.Where[column.Name]));
        long row = 0;
        for (; cursor.MoveNext(); row++)
        {
            if (tests.TrueForAll(test => Has(test.Get, test.Values)))
                chosen.Add(row);
        }
        var selection = new RowSelection(row);
        chosen.ForEach(selection.Add);
        return selection;
    }

    private static bool Has(ValueGetter<ReadOnlyMemory<char>> get, IReadOnlyList<string> values)
    {
        ReadOnlyMemory<char> text = default;
        get(ref text);
        foreach (string value in values)
        {
            if (text.Span.SequenceEqual(value))
                return true;
        }
        return false;
    }

    private sealed record Plan(RowSelection? Selection, long Rows);
}
