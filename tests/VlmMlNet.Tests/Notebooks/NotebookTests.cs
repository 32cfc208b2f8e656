using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Tests.Notebooks;

/// <summary>The notebook runs from its first cell to its last.</summary>
public sealed class NotebookTests
{
    private static readonly string? s_path = FindNotebook();

    [Fact]
    public void The_notebook_is_in_the_format_that_notebook_programs_read()
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(Notebook()));
        var root = notebook.RootElement;
        Assert.Equal((4, 5), (root.GetProperty("nbformat").GetInt32(), root.GetProperty("nbformat_minor").GetInt32()));
        Assert.Equal(".net-csharp", root.GetProperty("metadata").GetProperty("kernelspec").GetProperty("name").GetString());
        var ids = root.GetProperty("cells").EnumerateArray().Select(c => c.GetProperty("id").GetString()!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id));
        Assert.Contains("#r \"nuget: VlmMlNet\"", Cells().First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cell_runs_and_the_loaded_pipeline_says_what_the_trained_one_said()
    {
        var options = ScriptOptions.Default.WithReferences(
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(p => MetadataReference.CreateFromFile(p)));
        ScriptState<object>? state = null;
        try
        {
            foreach (string cell in Cells())
            {
                // What a notebook program would load is referenced already.
                string code = string.Join('\n', cell.Split('\n').Where(line => !line.StartsWith("#r ", StringComparison.Ordinal) && !line.StartsWith("#i ", StringComparison.Ordinal)));
                state = state is null
                    ? await CSharpScript.RunAsync(code, options, cancellationToken: TestContext.Current.CancellationToken)
                    : await state.ContinueWithAsync(code, cancellationToken: TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            if (state?.GetVariable("folder")?.Value is string folder && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        T Value<T>(string name) => Assert.IsType<T>(state!.GetVariable(name).Value, exactMatch: false);
        var generated = Value<List<string>>("generated");
        Assert.Equal(Value<int>("testSceneCount"), generated.Count);
        Assert.Contains(generated, c => c.Length > 10);
        Assert.Equal(generated, Value<List<string>>("again"));
        Assert.Equal(generated[0], Value<string>("said"));
        Assert.True(Value<CaptionMetrics>("metrics").Cider > 0);
        Assert.False(Directory.Exists(Value<string>("folder")));
    }

    private static string Notebook()
    {
        Assert.SkipWhen(s_path is null, "The tests do not run inside the repository.");
        return s_path!;
    }

    private static List<string> Cells()
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(Notebook()));
        return [.. notebook.RootElement.GetProperty("cells").EnumerateArray().Where(c => c.GetProperty("cell_type").GetString() == "code")
            .Select(c => string.Concat(c.GetProperty("source").EnumerateArray().Select(l => l.GetString())))];
    }

    private static string? FindNotebook()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "notebooks", "01-four-stages.ipynb") is var path && File.Exists(path))
                return path;
        return null;
    }
}
