using Microsoft.ML;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class DataFileTests : DataTest
{
    private string[] Expand(string pattern) => [.. DataFile.Expand(InFolder(pattern)).Select(f => Path.GetRelativePath(InFolder("."), f).Replace('\\', '/'))];

    [Fact]
    public void A_path_stands_for_all_files_that_match_in_the_order_of_their_paths()
    {
        foreach (string file in (string[])["a.json", "b1.json", "b2.json", "B3.json", "x/a.json", "x/y/a.json", "x/y/z/b1.json", "w/a.json", "w/a.txt"])
            Write(file, "");
        Assert.Equal(["a.json"], Expand("a.json"));
        Assert.Equal(["b1.json", "b2.json"], Expand("b*.json"));
        Assert.Equal(["b1.json", "b2.json"], Expand("b?.json"));
        Assert.Equal(["w/a.json", "x/a.json"], Expand("*/a.json"));
        Assert.Equal(["x/y/a.json"], Expand("*/y/*.json"));
        Assert.Equal(["a.json", "w/a.json", "x/a.json", "x/y/a.json"], Expand("**/a.json"));
        Assert.Equal(["x/a.json", "x/y/a.json", "x/y/z/b1.json"], Expand("x/**/*.json"));
        Assert.Equal(["x/y/z/b1.json"], Expand("**/z/**/*.json"));
        Assert.Equal(["w/a.json", "w/a.txt"], Expand("w/**"));
        Assert.Equal(["x/y/a.json", "x/y/z/b1.json"], Expand("**/**/y/**/*.json"));
        string error = Assert.Throws<FileNotFoundException>(() => Expand("none/*/a.json")).Message;
        Assert.Equal($"No data file matches '{InFolder("none/*/a.json")}'.", error);
    }

    [Fact]
    public void Links_to_folders_are_followed_by_name_but_not_below_any_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Write("x/a.json", "");
        Directory.CreateSymbolicLink(InFolder("x/back"), InFolder("x"));
        Assert.Equal(["x/a.json"], Expand("**/a.json"));
        Assert.Equal(["x/back/a.json"], Expand("x/*/a.json"));
    }

    [Fact]
    public void Pairs_of_questions_and_answers_are_read_in_the_order_of_their_names()
    {
        foreach (int i in (int[])[1, 2])
        {
            Write($"q{i}.json", $$"""{"data_subtype": "part{{i}}", "questions": [{"question_id": {{i}}, "image_id": 7, "question": "q{{i}}"}]}""");
            Write($"a{i}.json", $$"""{"annotations": [{"question_id": {{i}}, "answers": [{"answer": "a{{i}}"}]}]}""");
        }
        IDataView data = Catalog.LoadVqaV2(InFolder("q*.json"), InFolder("a*.json"));
        Assert.Equal(["q1", "q2"], Text(data, "Question"));
        Assert.Equal([["a1"], ["a2"]], Texts(data, "Answers"));
        Assert.EndsWith("COCO_part2_000000000007.jpg", Text(data, "Image")[1], StringComparison.Ordinal);
        Assert.StartsWith($"{InFolder("q*.json")}: there are 2 files of questions and 1 of answers.", Assert.Throws<MalformedInputException>(() => Catalog.LoadVqaV2(InFolder("q*.json"), InFolder("a1.json"))).Message, StringComparison.Ordinal);
    }
}
