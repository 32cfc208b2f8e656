namespace VlmMlNet.Tests.Cli;

public sealed class ValidateCommandTests : CliTest
{
    [Fact]
    public void Good_data_is_valid_with_exit_code_0()
    {
        var (code, output, error) = Run("validate", CocoFile(3));
        Assert.Equal(0, code);
        Assert.Equal("""
            format                CocoCaptions
            schema                data-schemas/coco-captions.schema.json
            rows                  3
              with a picture      3
            captions              6
            pictures              3, 0 missing, 0 unreadable
              sizes               24x24 to 24x24, 24x24 on average
            valid

            """.ReplaceLineEndings("\n"), output);
        Assert.Contains("reading rows: 3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_data_is_listed_with_file_and_line_and_exit_code_1()
    {
        string path = InFolder("a.jsonl");
        string row = """{"image":"gone.png","conversations":[{"from":"human","value":"<image>"},{"from":"gpt","value":"a"}]}""";
        File.WriteAllLines(path, [row, "{}", "{}", "{}", row]);
        var (code, output, _) = Run("validate", path, "--list", "2");
        Assert.Equal(1, code);
        Assert.Contains("rows                  2, 3 bad\n", output, StringComparison.Ordinal);
        Assert.Contains("pictures              1, 1 missing, 0 unreadable\n", output, StringComparison.Ordinal);
        Assert.Contains($"  {path}:2, row 1: 'conversations' is missing (line 2)\n  {path}:3, row 2: ", output, StringComparison.Ordinal);
        Assert.EndsWith("  and 2 more\n4 problems\n", output, StringComparison.Ordinal);
        Assert.Equal(1, Run("validate", path, "--pictures", "none").Code);
    }

    [Fact]
    public void What_is_not_there_or_not_known_is_said()
    {
        AssertOneLine($"There is no data file '{InFolder("none")}'.", Run("validate", InFolder("none")).Error);
        var (code, output, _) = Run("validate", Write("a.json", new { a = 1 }));
        Assert.Equal(1, code);
        Assert.StartsWith("format                not recognised\n", output, StringComparison.Ordinal);
        Assert.EndsWith("1 problem\n", output, StringComparison.Ordinal);
        Assert.Equal(2, Run("validate", "a", "--pictures", "all").Code);
    }

    [Fact]
    public void A_saved_model_is_valid()
    {
        var (code, output, _) = Run("validate", SavedModel());
        Assert.Equal(0, code);
        Assert.Equal("format                SavedModel\nschema                data-schemas/saved-model.schema.json\nvalid\n", output);
    }
}
