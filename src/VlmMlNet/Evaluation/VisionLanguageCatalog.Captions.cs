using Microsoft.ML;
using VlmMlNet.Evaluation;

namespace VlmMlNet;

/// <content>Evaluation of captions.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Scores a column of captions against a column of references.</summary>
    /// <param name="data">The data. It is read once; the two columns' texts are held in memory.</param>
    /// <param name="referencesColumnName">People's captions: a vector of text of known or varying size, or a text where each
    /// image has one. An entry that is missing counts as an empty caption.</param>
    /// <param name="captionColumnName">The captions to score: text. A missing one counts as empty and scores nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">There are no rows, or a row has no reference.</exception>
    public CaptionMetrics EvaluateCaptions(IDataView data, string referencesColumnName = "References", string captionColumnName = "Caption")
    {
        ArgumentNullException.ThrowIfNull(data);
        var references = TextColumn.OneOrMany(_environment, data, "references", referencesColumnName);
        var caption = TextColumn.One(_environment, data, "caption", captionColumnName);

        var captions = new List<string>();
        var allReferences = new List<IReadOnlyList<string>>();
        using DataViewRowCursor cursor = data.GetRowCursor([references.Column, caption.Column]);
        Func<string[]> getReferences = references.Getter(cursor);
        Func<string[]> getCaption = caption.Getter(cursor);
        while (cursor.MoveNext())
        {
            captions.Add(getCaption()[0]);
            allReferences.Add(getReferences());
        }
        return CaptionScorer.Score(captions, allReferences);
    }
}
