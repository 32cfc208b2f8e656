using Microsoft.ML;
using VlmMlNet.Components.Catalog;
using VlmMlNet.Data;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet;

/// <content>Evaluation of captions.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Scores a column of captions against a column of references.</summary>
    /// <param name="data">The data. It is read once; the two columns' texts are held in memory.</param>
    /// <param name="referencesColumnName">People's captions: a vector of text of known or varying size, or a text where each
    /// image has one. An entry that is missing counts as an empty caption.</param>
    /// <param name="captionColumnName">The captions to score: text. A missing one counts as empty and scores nothing.</param>
    /// <remarks>Where the data has a column of text <c>Id</c>, each image's scores name it.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">There are no rows, or a row has no reference.</exception>
    public CaptionMetrics EvaluateCaptions(IDataView data, string referencesColumnName = "References", string captionColumnName = "Caption")
    {
        ArgumentNullException.ThrowIfNull(data);
        List<string[]>[] texts = TextColumn.Read(
            _environment, data,
            [new TextColumn("references", referencesColumnName, Many: true), new TextColumn("caption", captionColumnName), .. TextColumn.IdOf(data)]);
        return CaptionScorer.Score([.. texts[1].Select(caption => caption[0])], texts[0], TextColumn.Ids(texts, 2));
    }

    /// <summary>Scores a file of captions in COCO's results format, anyone's or one that
    /// <see cref="SaveCaptionResults"/> wrote, against references.</summary>
    /// <param name="references">The references, as <c>Data.LoadCocoCaptions</c> gives them.</param>
    /// <param name="resultsPath">The file: <c>[{"image_id": 42, "caption": "a dog"}, ...]</c>, in any order.</param>
    /// <param name="idColumnName">The image's id: text, no two rows the same.</param>
    /// <param name="referencesColumnName">People's captions: a vector of text, or a text.</param>
    /// <param name="onlyPredicted">Whether images without a caption in the file are left out, as when a part of a data set was
    /// captioned. Otherwise they are an error. Word weights come from the images that are scored.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">The file is not of this format, has two captions for one image or one for an
    /// image that is not in the data, or lacks one.</exception>
    public CaptionMetrics EvaluateCaptionResults(
        IDataView references,
        string resultsPath,
        string idColumnName = VisionLanguageColumns.Id,
        string referencesColumnName = VisionLanguageColumns.Captions,
        bool onlyPredicted = false)
    {
        ArgumentNullException.ThrowIfNull(references);
        OrderedDictionary<string, string> results = ResultsFile.Captions.Read(resultsPath);
        List<string[]>[] texts = TextColumn.Read(
            _environment, references, new TextColumn("id", idColumnName), new TextColumn("references", referencesColumnName, Many: true));
        (int[] rows, string[] captions) = ResultsFile.Captions.Join(texts[0], results, resultsPath, onlyPredicted);
        return CaptionScorer.Score(captions, [.. rows.Select(row => texts[1][row])], [.. rows.Select(row => texts[0][row][0])]);
    }

    /// <summary>Writes captions in COCO's results format, which pycocoevalcap and COCO's evaluation server read.</summary>
    /// <param name="data">The data; read once and written row by row.</param>
    /// <param name="path">The file. An existing one is replaced when the new one is complete.</param>
    /// <param name="idColumnName">The image's id: text, no two rows the same. One that is a whole number is written as a
    /// number.</param>
    /// <param name="captionColumnName">The captions: text.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="MalformedInputException">Two rows have the same id.</exception>
    public void SaveCaptionResults(
        IDataView data, string path, string idColumnName = VisionLanguageColumns.Id, string captionColumnName = "Caption")
    {
        ArgumentNullException.ThrowIfNull(data);
        List<string[]>[] texts = TextColumn.Read(
            _environment, data, new TextColumn("id", idColumnName), new TextColumn("caption", captionColumnName));
        ResultsFile.Captions.Write(path, texts[0].Zip(texts[1], (id, caption) => KeyValuePair.Create(id[0], caption[0])));
    }
}
