using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>A method that is given another one's file says which one reads it.</summary>
public sealed class FormatHintTests : CaptionParquetFiles
{
    private const string Llava = """[{"image":"a.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}]""";
    private const string Coco = """{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":1,"caption":"A"}]}""";
    private const string Karpathy = """{"images":[{"filename":"a.jpg","sentences":[{"raw":"A"}]}]}""";
    private const string Slake = """[{"qid":1,"img_name":"a.jpg","question":"q","answer":"a"}]""";
    private const string Rad = """[{"qid":1,"image_name":"a.jpg","question":"q","answer":"a"}]""";
    private const string VqaV2 = """{"data_subtype":"val2014","questions":[{"question_id":1,"image_id":1,"question":"q"}]}""";
    private const string Csv = "image,caption\na.jpg,A\n";
    private const string Token = "a.jpg#0\tA\n";
    private const string FlatRows = """[{"image":"a.jpg","caption":"A"}]""";

    [Theory]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadLlava), Coco, "COCO's captions, which LoadCocoCaptions reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadLlava), "{\n\"images\":[{\"id\":1,\"file_name\":\"a.jpg\"}],\n\"annotations\":[]}", "COCO's captions, which LoadCocoCaptions reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadLlava), Csv, "captions as delimited text, which LoadCaptionCsv reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadLlava), FlatRows, "captions as rows of JSON, which Load reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadCocoCaptions), Llava, "conversations as LLaVA has them, which LoadLlava reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadCocoCaptions), Karpathy, "Karpathy's splits, which LoadKarpathy reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadCocoCaptions), VqaV2, "a file of VQAv2, which LoadVqaV2 reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadKarpathy), Coco, "COCO's captions, which LoadCocoCaptions reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadFlickr30kTokens), Csv, "captions as delimited text, which LoadCaptionCsv reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadCaptionCsv), Token, "Flickr30k's .token file, which LoadFlickr30kTokens reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadCaptionCsv), Coco, "COCO's captions, which LoadCocoCaptions reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadVqaRad), Slake, "SLAKE, which LoadSlake reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadSlake), Rad, "VQA-RAD, which LoadVqaRad reads")]
    [InlineData(nameof(VisionLanguageDataCatalog.LoadVqaV2), Llava, "conversations as LLaVA has them, which LoadLlava reads")]
    public void The_right_method_is_named(string method, string content, string hint)
    {
        string path = Write("data", content);
        Assert.EndsWith($"It looks like {hint}.", Bad(Load(method, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_right_method_is_named_where_bad_rows_are_skipped()
    {
        string path = Write("data", Slake);
        Assert.EndsWith("It looks like SLAKE, which LoadSlake reads.", Bad(Catalog.LoadVqaRad(path, new VqaRadOptions { BadRows = BadRowHandling.Skip })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_right_method_is_named_for_parquet()
    {
        string captions = WriteParquet("c.parquet", Captioned(2));
        Assert.EndsWith("It looks like parquet of pictures with captions, which LoadCaptionParquet reads.", Assert.Throws<MalformedInputException>(() => Catalog.LoadLlava(captions)).Message, StringComparison.Ordinal);
        Assert.EndsWith("It looks like parquet of pictures with captions, which LoadCaptionParquet reads.", Assert.Throws<MalformedInputException>(() => Catalog.LoadVqaParquet(captions)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_guessed_where_the_method_is_right_or_the_format_was_recognised()
    {
        string path = Write("data", """[{"image":"a.jpg","conversations":[]}]""");
        Assert.DoesNotContain("It looks like", Bad(Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("It looks like", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        string odd = Write("odd.csv", "photo,descr\na.jpg,A\n");
        Assert.DoesNotContain("It looks like", Bad(Catalog.LoadCaptionCsv(odd)).Message, StringComparison.Ordinal);
    }

    private IDataView Load(string method, string path) => method switch
    {
        nameof(Catalog.LoadLlava) => Catalog.LoadLlava(path),
        nameof(Catalog.LoadCocoCaptions) => Catalog.LoadCocoCaptions(path),
        nameof(Catalog.LoadKarpathy) => Catalog.LoadKarpathy(path),
        nameof(Catalog.LoadFlickr30kTokens) => Catalog.LoadFlickr30kTokens(path),
        nameof(Catalog.LoadCaptionCsv) => Catalog.LoadCaptionCsv(path),
        nameof(Catalog.LoadVqaRad) => Catalog.LoadVqaRad(path),
        nameof(Catalog.LoadSlake) => Catalog.LoadSlake(path),
        _ => Catalog.LoadVqaV2(path, null),
    };
}
