using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Pictures that data files name outside of the folder of their pictures.</summary>
public sealed class OutsideImageTests : CaptionParquetFiles
{
    private const string Secret = "not for everybody";

    public OutsideImageTests()
    {
        Write("secret.txt", Secret);
        Write("data/inside.jpg", "x");
        Write("data/sub/inside.jpg", "x");
    }

    public static TheoryData<string, string> Formats => new()
    {
        { "a.json", """[{"image":"inside.jpg","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"A"}]},{"image":"NAME","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"B"}]}]""" },
        { "a.csv", "image,caption\ninside.jpg,A\nNAME,B\n" },
        { "a.token", "inside.jpg#0\tA\nNAME#0\tB\n" },
        { "a.jsonl", "{\"file_name\":\"inside.jpg\",\"text\":\"A\"}\n{\"file_name\":\"NAME\",\"text\":\"B\"}\n" },
        { "a.json", """{"images":[{"id":1,"file_name":"inside.jpg"},{"id":2,"file_name":"NAME"}],"annotations":[{"image_id":1,"caption":"A"}]}""" },
        { "a.json", """{"images":[{"filename":"inside.jpg","sentences":[{"raw":"A"}]},{"filename":"NAME","sentences":[{"raw":"B"}]}]}""" },
        { "a.json", """[{"qid":1,"img_name":"inside.jpg","question":"q","answer":"A"},{"qid":2,"img_name":"NAME","question":"q","answer":"B"}]""" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void They_are_bad_rows_unless_they_are_allowed(string file, string content)
    {
        foreach (string name in new[] { "../secret.txt", InFolder("secret.txt"), "sub/../../secret.txt" })
        {
            string path = Write("data/" + file, content.Replace("NAME", name, StringComparison.Ordinal));
            string error = Bad(Catalog.Load(path)).Message;
            Assert.StartsWith($"{path}, row 1: ", error, StringComparison.Ordinal);
            Assert.Contains($"the picture '{name}' lies outside of the image folder '{InFolder("data")}'", error, StringComparison.Ordinal);
            Assert.Equal([InFolder("data/inside.jpg")], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip }), "ImagePath"));
            Assert.Equal(Path.GetFullPath(Path.Combine(InFolder("data"), name)), Path.GetFullPath(Text(Catalog.Load(path, new DataLoadOptions { AllowOutsideImages = true }), "ImagePath")[1]));
            DataValidation found = Catalog.Validate(path);
            Assert.Contains(found.Problems, p => p.Row == 1 && p.Text.Contains("lies outside of", StringComparison.Ordinal));
            Assert.DoesNotContain(found.Problems, p => p.Text.Contains("6E6F7420", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Links_that_lead_out_are_bad_rows_and_links_within_are_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        File.CreateSymbolicLink(InFolder("data/out.jpg"), InFolder("secret.txt"));
        File.CreateSymbolicLink(InFolder("data/in.jpg"), "sub/inside.jpg");
        File.CreateSymbolicLink(InFolder("data/round.jpg"), "round.jpg");
        Directory.CreateSymbolicLink(InFolder("data/up"), "..");
        string path = Write("data/a.csv", "image,caption\nin.jpg,A\nout.jpg,B\nup/secret.txt,C\nround.jpg,D\n");
        var bad = new BadRowList();
        Assert.Equal(["in.jpg"], Text(Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add }), "Id"));
        Assert.Equal([1L, 2, 3], bad.First.Select(b => b.Row));
        Assert.All(bad.First.Take(2), b => Assert.Contains("leads by a link out of the image folder", b.Problem, StringComparison.Ordinal));
        Assert.Equal(4, Count(Catalog.Load(path, new DataLoadOptions { AllowOutsideImages = true })));
    }

    [Fact]
    public void A_folder_behind_a_link_is_a_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateSymbolicLink(InFolder("linked"), InFolder("data"));
        string path = Write("a.csv", "image,caption\ninside.jpg,A\n");
        Assert.Equal(1, Count(Catalog.Load(path, InFolder("linked"))));
        Assert.Equal(1, Count(Catalog.Load(path, InFolder("linked/sub"))));
    }

    [Fact]
    public void Paths_in_parquet_files_are_held_to_the_same()
    {
        string path = WriteBytes("data/a.parquet", new FlatParquet().AddTexts("image", "inside.jpg", "../secret.txt").AddTexts("caption", "one", "two").ToBytes());
        Assert.Contains("row 1: the picture '../secret.txt' lies outside of", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(2, Count(Catalog.Load(path, new DataLoadOptions { AllowOutsideImages = true })));
    }

    [Fact]
    public void Recipes_name_folders_anywhere_and_their_data_files_do_not()
    {
        Write("data/a.csv", "image,caption\ninside.jpg,A\n");
        Write("data/b.csv", "image,caption\n../secret.txt,A\n");
        Assert.Equal(1, Count(Catalog.Load(Write("r/good.yaml", "datasets:\n  - path: ../data/a.csv\n    image_folder: ../data\n"))));
        string bad = Write("r/bad.yaml", "datasets:\n  - path: ../data/b.csv\n");
        Assert.Contains("lies outside of", Assert.Throws<MalformedInputException>(() => Count(Catalog.Load(bad))).Message, StringComparison.Ordinal);
        Assert.Equal(1, Count(Catalog.Load(bad, new DataLoadOptions { AllowOutsideImages = true })));
    }

    [Fact]
    public void Pictures_in_a_folder_images_beside_the_file_are_found()
    {
        Write("set/images/a.jpg", "x");
        Write("set/b.jpg", "x");
        Write("set/images/b.jpg", "y");
        string path = Write("set/a.csv", "image,caption\na.jpg,A\nb.jpg,B\nnone.jpg,C\nimages/a.jpg,D\n");
        Assert.Equal(new[] { "images/a.jpg", "b.jpg", "none.jpg", "images/a.jpg" }.Select(name => InFolder("set/" + name)), Text(Catalog.Load(path), "Image"));
    }

    [Theory]
    [InlineData("""[{"id":1,"score":NaN,"conversations":[]}]""", "NaN")]
    [InlineData("""{"id":1,"score":NaN,"conversations":[]}""", "NaN")]
    [InlineData("""[{"id":1,"score":Infinity,"conversations":[]}]""", "Infinity")]
    [InlineData("""[{"id":1,"score":-Infinity,"conversations":[]}]""", "Infinity")]
    [InlineData("""{"images":[{"id":NaN,"file_name":"a.jpg"}],"annotations":[]}""", "NaN")]
    public void Numbers_that_Python_writes_and_JSON_has_not_are_named(string json, string number)
    {
        string path = Write("a.json", json);
        string expected = $"JSON has no {number}: Python's json.dumps writes it so, for a missing number as a rule. Write null in its place (allow_nan=False finds where).";
        bool isCoco = json.Contains("images", StringComparison.Ordinal);
        Assert.EndsWith(expected, Bad(isCoco ? Catalog.LoadCocoCaptions(path) : Catalog.LoadLlava(path)).Message, StringComparison.Ordinal);
        Assert.False(Catalog.Validate(path).IsValid);
    }
}
