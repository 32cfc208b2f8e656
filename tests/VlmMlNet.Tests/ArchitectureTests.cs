using System.Text.RegularExpressions;
using VlmMlNet.Tests.Data;

namespace VlmMlNet.Tests;

/// <summary>The plan of the rooms: what a folder of the library may know of the others.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Lowest first. A folder names only folders below its own floor; "" is the files beside the folders.</summary>
    private static readonly string[][] s_floors =
    [
        [""],
        ["Tensors", "Files"],
        ["Runtime", "Imaging"],
        ["Text", "Safetensors"],
        ["Models", "Data"],
        ["Cpu", "Evaluation"],
        ["Parts"],
        ["ModelFolders", "Training", "Generation"],
        ["Components"],
    ];

    private static readonly string s_source = RepositoryFiles.Path("src", "VlmMlNet");

    private static readonly SourceFile[] s_files =
        [.. Directory.EnumerateFiles(s_source, "*.cs", SearchOption.AllDirectories).Select(f => new SourceFile(Path.GetRelativePath(s_source, f).Replace('\\', '/'), File.ReadAllText(f)))
            .Where(f => !f.Path.StartsWith("obj/", StringComparison.Ordinal) && !f.Path.StartsWith("bin/", StringComparison.Ordinal) && !f.Path.StartsWith("buildTransitive/", StringComparison.Ordinal))];

    [Fact]
    public void Each_folder_stands_on_one_floor() =>
        Assert.Equal(s_files.Select(f => f.Room).Distinct().Order(StringComparer.Ordinal), s_floors.SelectMany(f => f).Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_names_only_folders_below_it()
    {
        // Types of the root namespace need no using directive: they are found by their names.
        var atRoot = s_files.Where(f => f.Namespace == "VlmMlNet").SelectMany(f => TypeName().Matches(f.Text).Select(m => (Name: m.Groups[1].Value, f.Room))).Distinct().ToDictionary(t => t.Name, t => t.Room);
        var breaches = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in s_files)
        {
            var named = Usings().Matches(file.Text).Select(m => m.Groups[1].Value)
                .Concat(Word().Matches(Comment().Replace(file.Text, "")).Select(m => atRoot.GetValueOrDefault(m.Value)).OfType<string>());
            breaches.UnionWith(named.Where(room => room != file.Room && Floor(room) >= Floor(file.Room)).Select(room => $"{file.Room} -> {room}: {Path.GetFileName(file.Path)}"));
        }
        Assert.Empty(breaches);
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        // Users meet the catalog, the model and the runtime's start in the root, and extension methods (a model's sessions too) where ML.NET's are.
        string[] elsewhere = ["VlmMlNet", "Microsoft.ML", "System.Runtime.CompilerServices"];
        Assert.Empty(s_files.Where(f => !elsewhere.Contains(f.Namespace) && f.Namespace != "VlmMlNet." + Path.GetDirectoryName(f.Path)!.Replace('\\', '/').Replace('/', '.')).Select(f => $"{f.Path}: {f.Namespace}"));
        Assert.All(s_files.Where(f => elsewhere.Contains(f.Namespace)), f => Assert.Contains(f.Room, new[] { "", "Components", "Generation", "Parts", "Runtime" }));
    }

    private static int Floor(string room) => Array.FindIndex(s_floors, f => f.Contains(room));

    [GeneratedRegex(@"^(?:using (?:static )?|.*[^.\w]global::)VlmMlNet\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"^(?:public|internal) (?:static |sealed |abstract |readonly |partial |ref )*(?:class|struct|record|interface|enum|delegate) (?:struct )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w+")]
    private static partial Regex Word();

    private sealed record SourceFile(string Path, string Text)
    {
        /// <summary>The first folder, or "".</summary>
        public string Room => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";

        public string Namespace => NamespaceLine().Match(Text).Groups[1].Value;
    }

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
