using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Validation;
using VlmMlNet.Tests.Components;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.Data.Herbarium;

/// <summary>A format of this folder, which nothing in the library names, does whatever the library's own do.</summary>
public sealed class NewFormatTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyPictures _pictures = new();

    public NewFormatTests() => DataFormats.Register(new HerbariumFormat());

    private VisionLanguageDataCatalog Catalog => _context.VisionLanguage().Data;

    private string Write(params string[] rows)
    {
        string path = Path.Combine(_pictures.Folder, "sheets.json");
        File.WriteAllText(path, $"[{string.Join(",\n", rows)}]");
        return path;
    }

    private string Sheet(int i, string cabinet = "train") =>
        $$"""{"herbarium_sheet": "{{Path.GetFileName(_pictures.File(i))}}", "herbarium_note": "leaf {{i}}", "cabinet": "{{cabinet}}"}""";

    private static string[] Ids(IDataView data) => [.. data.GetColumn<string>("Id")];

    [Fact]
    public void It_is_recognised_and_read_with_its_parts()
    {
        string path = Write(Sheet(0), Sheet(1, "test"), Sheet(2));
        var data = Catalog.Load(path, out DataFormat format, new DataLoadOptions());
        Assert.Equal((DataFormat)1000, format);
        Assert.Equal(["0.png", "1.png", "2.png"], Ids(data));
        Assert.Equal(["leaf 1"], data.GetColumn<string[]>("Captions").ElementAt(1));
        Assert.Equal(["1.png"], Ids(Catalog.Load(path, new DataLoadOptions { Split = DataSplit.Test })));
        Assert.Equal(3, Ids(Catalog.LoadHerbarium(path)).Length);
    }

    [Fact]
    public void What_it_does_not_have_is_refused_in_its_name()
    {
        string path = Write(Sheet(0));
        Assert.Contains("Herbarium does not say the rows' language", Assert.Throws<MalformedInputException>(() => Catalog.Load(path, new DataLoadOptions { Language = "en" })).Message, StringComparison.Ordinal);
        // The columns' names are fixed, so that a row whose columns are named is some other format's.
        Assert.DoesNotContain("Herbarium", Assert.Throws<MalformedInputException>(() => Catalog.Load(path, new DataLoadOptions { Columns = new DataColumns { Caption = "none" } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_formats_method_names_the_one_that_reads_it()
    {
        string path = Write(Sheet(0));
        var error = Assert.Throws<MalformedInputException>(() => Ids(Catalog.LoadKarpathy(path)));
        Assert.Contains("It looks like a herbarium's sheets, which LoadHerbarium reads.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_validated_row_by_row()
    {
        string path = Write(Sheet(0), """{"herbarium_sheet": "0.png"}""", Sheet(1), """{"herbarium_sheet": "no.png", "herbarium_note": "lost"}""");
        DataValidation found = Catalog.Validate(path);
        Assert.Equal(("Herbarium", 3L, 1L), (found.Format, found.Rows, found.BadRows));
        Assert.Equal([DataProblemKind.Row, DataProblemKind.Image], found.Problems.Select(p => p.Kind));
        Assert.Contains("'herbarium_note'", found.Problems[0].Text, StringComparison.Ordinal);
        Assert.Equal(3, found.Problems[1].Row); // the bad row has its place too
    }

    [Fact]
    public void A_recipe_mixes_it_and_a_stage_learns_from_it()
    {
        string path = Write([.. Enumerable.Range(0, 6).Select(i => Sheet(i, i == 0 ? "test" : "train"))]);
        using var folder = new TemporaryFolder();
        string recipe = folder.Write("mixture.yaml", $"datasets:\n  - path: {path}\n    split: train\n  - path: {path}\n    split: test\n");
        Assert.Equal(["1.png", "2.png", "3.png", "4.png", "5.png", "0.png"], Ids(Catalog.LoadRecipe(recipe)));
        using var model = TinyModel.Create();
        using var trained = _context.VisionLanguage().Stages.BidirectionalAlignment(stage => stage with { BatchSize = 2 }).Fit(Catalog.LoadRecipe(recipe), model);
        Assert.Equal(3, trained.History.Points.Count);
    }

    public void Dispose() => _pictures.Dispose();
}
