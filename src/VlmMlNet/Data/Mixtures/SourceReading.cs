using Microsoft.ML;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Mixtures;

/// <summary>One data set's share of a pass over a mixture: its rows as often as its weight says, the last time some of them.</summary>
internal sealed class SourceReading : IDisposable
{
    private readonly Func<string, bool> _isActive;
    private readonly int? _orderSeed;

    /// <param name="source">The data set.</param>
    /// <param name="place">Its place in the mixture.</param>
    /// <param name="isActive">Whether a column of the mixture will be asked for.</param>
    /// <param name="orderSeed">Decides the order; null for the data set's own.</param>
    /// <param name="firstRow">Rows that are passed over.</param>
    public SourceReading(MixtureSource source, int place, Func<string, bool> isActive, int? orderSeed, long firstRow)
    {
        (Source, Place, _isActive, _orderSeed, Row) = (source, place, isActive, orderSeed, firstRow);
    }

    public MixtureSource Source { get; }

    public int Place { get; }

    /// <summary>Rows given and passed over so far.</summary>
    public long Row { get; private set; }

    /// <summary>How often all rows came before.</summary>
    public int Round { get; private set; }

    /// <summary>Stands on the row; another one in each round.</summary>
    public DataViewRowCursor? Cursor { get; private set; }

    public void MoveNext()
    {
        if (Cursor is null || Row % Source.ChosenRows == 0)
            Open();
        if (!Cursor!.MoveNext())
            throw new MalformedInputException(Source.Name, "it has fewer rows than when it was read before", "Leave data as it is while it is in use.");
        Row++;
    }

    public void Dispose() => Cursor?.Dispose();

    private static bool IsInMixture(string name) => name is VisionLanguageColumns.Id or VisionLanguageColumns.Image or VisionLanguageColumns.ImagePath
        or VisionLanguageColumns.Conversation or VisionLanguageColumns.SystemPrompt or VisionLanguageColumns.Captions;

    private void Open()
    {
        Cursor?.Dispose();
        Cursor = null;
        long chosen = Source.ChosenRows, left = Source.Rows - Row / chosen * chosen;
        Round = (int)(Row / chosen);
        RowSelection? selection = Source.Selection;
        Random? order = _orderSeed is { } seed ? new Random(seed + Round) : null;
        if (left < chosen)
            selection = (selection ?? RowSelection.All(chosen)).Sample(left, new Random((_orderSeed ?? Source.Seed) - 1));
        var columns = Source.View.Schema.Where(c => IsInMixture(c.Name) && _isActive(c.Name));
        Cursor = Source.View.GetRowCursor(columns, order, Row % chosen, selection);
    }
}
