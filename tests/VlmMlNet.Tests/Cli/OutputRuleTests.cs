using VlmMlNet.Files;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Tests.Cli;

/// <summary>One rule for everything that --out names: what is there stays unless --force is given, and whether it can be written is
/// found out first.</summary>
public sealed class OutputRuleTests : CliTest
{
    // Each command with an --out, with data and models that do not exist: what is said of --out is said before they are looked at.
    public static TheoryData<string> Commands => ["train --config tiny --data none.json", "quantize none --weights int8", "quickstart", "data show none.json"];

    private static (int Code, string Output, string Error) RunLine(string line, params string[] more) => Run(CancellationToken.None, [.. line.Split(' '), .. more]);

    [Theory]
    [MemberData(nameof(Commands))]
    public void What_is_there_stays_and_is_named_before_any_work(string command)
    {
        string taken = Directory.CreateDirectory(InFolder("taken")).FullName, notes = Path.Combine(taken, "notes.txt");
        File.WriteAllText(notes, "mine");
        string output = command.StartsWith("data", StringComparison.Ordinal) ? notes : taken;
        var (code, _, error) = RunLine(command, "--out", output);
        Assert.Equal(1, code);
        Assert.StartsWith($"error: {output} {(output == notes ? "exists" : "is not empty")}. Give another ", error, StringComparison.Ordinal);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(notes));
        Assert.Equal([notes], Directory.GetFileSystemEntries(taken));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void What_cannot_be_written_is_named_before_any_work(string command)
    {
        string file = InFolder("file");
        File.WriteAllText(file, "");
        var (code, _, error) = RunLine(command, "--out", Path.Combine(file, "below"));
        Assert.Equal(1, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.DoesNotContain("none", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train --config tiny --data none.json")]
    [InlineData("quantize none --weights int8")]
    [InlineData("quickstart")]
    public void A_folder_that_another_process_writes_into_is_left_to_it(string command)
    {
        using var held = OutputFolder.Claim(InFolder("out"));
        foreach (string more in (string[])["", "--force"])
        {
            var (code, _, error) = RunLine(command, [.. more.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--out", InFolder("out")]);
            Assert.Equal(1, code);
            AssertOneLine($"{InFolder("out")} is being written by another process. Wait until that has ended, or give another folder.", error);
        }
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/")]
    [InlineData("model/")]
    [InlineData("model/.")]
    [InlineData("parent/model")]
    public void No_other_spelling_of_the_model_makes_quantizing_replace_it(string spelling)
    {
        string model = SavedModel();
        Directory.CreateSymbolicLink(InFolder("link"), model);
        Directory.CreateSymbolicLink(InFolder("parent"), Folder);
        byte[] weights = File.ReadAllBytes(Path.Combine(model, "model.safetensors"));
        foreach (string[] force in (string[][])[[], ["--force"]])
        {
            var (code, _, error) = Run(["quantize", model, "--weights", "int8", "--out", InFolder(spelling), .. force]);
            Assert.Equal(2, code);
            Assert.Contains("--out is the model itself", error, StringComparison.Ordinal);
        }
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(model, "model.safetensors")));
    }

    [Fact]
    public void A_link_stays_one_when_the_folder_behind_it_is_written()
    {
        string model = SavedModel(), real = Directory.CreateDirectory(InFolder("real")).FullName;
        Directory.CreateSymbolicLink(InFolder("link"), "real");
        for (int i = 0; i < 2; i++)
        {
            var (code, _, error) = Run("quantize", model, "--weights", "int8", "--out", InFolder("link"), "--force");
            Assert.True(code == 0, error);
            Assert.Equal("real", new DirectoryInfo(InFolder("link")).LinkTarget);
            Assert.True(ModelFolder.IsModel(real));
        }
        Assert.Equal(0, Run("train", "--model", model, "--data", CocoFile(2), "--stages", "1", "--epochs", "1", "--out", InFolder("link"), "--force").Code);
        Assert.Equal("real", new DirectoryInfo(InFolder("link")).LinkTarget);
    }

    [Fact]
    public void Forced_onto_another_model_nothing_of_that_is_left_but_other_files()
    {
        string model = SavedModel(), other = SavedModel("other");
        File.WriteAllText(Path.Combine(other, "notes.txt"), "mine");
        File.WriteAllText(Path.Combine(other, "training.json"), "{}");
        Assert.Contains($"{other} is not empty.", Run("quantize", model, "--weights", "int8", "--out", other).Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(other, "model.safetensors")));
        Assert.Equal(0, Run("quantize", model, "--weights", "int8", "--out", other, "--force").Code);
        Assert.Equal(["config.json", "language_model.safetensors", "multi_modal_projector.safetensors", "notes.txt", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json", "vision_tower.safetensors"],
            Directory.GetFileSystemEntries(other).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_contact_sheet_is_never_written_over_its_data()
    {
        string data = LlavaFile(2);
        File.CreateSymbolicLink(InFolder("sheet.html"), data);
        var (code, _, error) = Run("data", "show", data, "--out", InFolder("sheet.html"), "--force");
        Assert.Equal(2, code);
        AssertOneLine("--out is the data itself. Give another file.", error);
        Assert.StartsWith("[", File.ReadAllText(data).TrimStart('\uFEFF'), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_is_replaced_when_that_is_asked_for()
    {
        string data = LlavaFile(2), sheet = InFolder("sheet.html");
        File.WriteAllText(sheet, "old");
        Assert.Equal(1, Run("data", "show", data, "--out", sheet).Code);
        Assert.Equal("old", File.ReadAllText(sheet));
        Assert.Equal(0, Run("data", "show", data, "--out", sheet, "--force").Code);
        Assert.Contains("<html", File.ReadAllText(sheet), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quickstart_finds_out_first_that_its_model_or_report_cannot_be_written()
    {
        Directory.CreateDirectory(InFolder("out/report.html/below"));
        var report = Run("quickstart", "--out", InFolder("out"), "--force");
        Assert.Equal(1, report.Code);
        AssertOneLine($"{InFolder("out/report.html")}: it could not be written: it is a folder.", report.Error);
        File.WriteAllText(InFolder("out/model"), "");
        AssertOneLine($"{InFolder("out/model")} is a file. Give the name of a folder.", Run("quickstart", "--out", InFolder("out"), "--force").Error);
        Assert.False(Directory.Exists(InFolder("out/data")));
    }

    [Fact]
    public void A_folder_of_somebody_elses_named_checkpoint_is_not_removed_by_a_forced_training()
    {
        string notes = Path.Combine(Directory.CreateDirectory(InFolder("out/checkpoint")).FullName, "notes.txt");
        File.WriteAllText(notes, "mine");
        var (code, _, error) = Run("train", "--model", SavedModel(), "--data", CocoFile(2), "--stages", "1", "--out", InFolder("out"), "--force");
        Assert.Equal(1, code);
        Assert.Contains($"{InFolder("out/checkpoint")} holds notes.txt, which is of no training", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(notes));
    }

    [Fact]
    public void A_forced_training_begins_anew()
    {
        string[] args = ["train", "--model", SavedModel(), "--data", CocoFile(2), "--stages", "1", "--out", InFolder("out")];
        Assert.Equal(0, Run(args).Code);
        Assert.Contains("continue the run that this one holds with --resume", Run(args).Error, StringComparison.Ordinal);
        Assert.Equal(2, Run([.. args, "--force", "--resume"]).Code);
        var (code, output, error) = Run([.. args, "--force", "--seed", "5"]);
        Assert.True(code == 0, error);
        Assert.Contains("saved in", output, StringComparison.Ordinal);
        Assert.Contains("; saved", error, StringComparison.Ordinal);
    }
}
