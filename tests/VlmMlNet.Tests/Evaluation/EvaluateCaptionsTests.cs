using Microsoft.ML;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Evaluation;

public sealed class EvaluateCaptionsTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    private sealed class ManyReferences
    {
        public string[]? References { get; set; }

        public string? Caption { get; set; }

        public float Number { get; set; }
    }

    private sealed class OneReference
    {
        public string? Truth { get; set; }

        public string? Said { get; set; }
    }

    [Fact]
    public void A_vector_column_of_references_scores_like_the_strings_themselves()
    {
        ManyReferences[] rows =
        [
            new() { References = ["a red ball", "the red ball here", "ball"], Caption = "a red ball" },
            new() { References = ["a blue cube"], Caption = "a blue ball" },
            new() { References = ["two cones", "cones"], Caption = null },
        ];
        CaptionMetrics metrics = _mlContext.VisionLanguage().EvaluateCaptions(_mlContext.Data.LoadFromEnumerable(rows));
        CaptionMetrics expected = CaptionScorer.Score([.. rows.Select(row => row.Caption)], [.. rows.Select(row => row.References!)]);
        Assert.Equal(expected.PerImage, metrics.PerImage);
        Assert.Equal(0, metrics.PerImage[2].Cider);
        Assert.True(metrics.Cider > 0);
    }

    [Fact]
    public void A_text_column_is_one_reference()
    {
        OneReference[] rows = [new() { Truth = "a red ball", Said = "a red ball" }, new() { Truth = "a blue cube", Said = "a blue cube" }];
        CaptionMetrics metrics = _mlContext.VisionLanguage().EvaluateCaptions(_mlContext.Data.LoadFromEnumerable(rows), "Truth", "Said");
        Assert.Equal(2, metrics.ImageCount);
        Assert.Equal(1, metrics.RougeL);
    }

    [Fact]
    public void A_missing_column_is_an_error_in_the_words_of_ML_NET()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable([new ManyReferences { References = ["a"] }]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.VisionLanguage().EvaluateCaptions(data, captionColumnName: "Nope"));
        Assert.Equal("Could not find caption column 'Nope' (Parameter 'data')", error.Message);
    }

    [Fact]
    public void A_column_of_another_type_is_an_error_in_the_words_of_ML_NET()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable([new ManyReferences { References = ["a"] }]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.VisionLanguage().EvaluateCaptions(data, "Number"));
        Assert.Equal("Schema mismatch for references column 'Number': expected String or Vector of String, got Single (Parameter 'data')", error.Message);
        error = Assert.Throws<ArgumentOutOfRangeException>(() => _mlContext.VisionLanguage().EvaluateCaptions(data, captionColumnName: "References"));
        Assert.Equal("Schema mismatch for caption column 'References': expected String, got Vector<String> (Parameter 'data')", error.Message);
    }

    [Fact]
    public void Rows_without_references_and_data_without_rows_are_errors()
    {
        IDataView data = _mlContext.Data.LoadFromEnumerable([new ManyReferences { References = ["a"], Caption = "a" }, new ManyReferences { References = [], Caption = "a" }]);
        var error = Assert.Throws<MalformedInputException>(() => _mlContext.VisionLanguage().EvaluateCaptions(data));
        Assert.Contains("row 1: the image has no reference caption", error.Message);
        error = Assert.Throws<MalformedInputException>(() => _mlContext.VisionLanguage().EvaluateCaptions(_mlContext.Data.LoadFromEnumerable(Array.Empty<ManyReferences>())));
        Assert.Contains("there are no rows", error.Message);
    }
}
