using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace VlmMlNet.Tests.Packaging;

/// <summary>The library as a package in a folder of its own, with a version and a package cache that nothing else sees.</summary>
public sealed class PackagedLibrary : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-package-");
    private readonly Dictionary<string, string> _environment;

    public PackagedLibrary()
    {
        Repository = FindRepository();
        Assert.SkipWhen(Repository is null, "The tests do not run inside the repository.");
        // One that no other package of this name has, so that no cache answers with an older build.
        Version = $"0.0.1-test.{Guid.NewGuid():N}";
        _environment = new() { ["NUGET_PACKAGES"] = System.IO.Path.Combine(Folder, "packages") };
        DotnetCommand.Succeed(Repository!, new Dictionary<string, string>(), "pack", "src/VlmMlNet", "--no-build", "-c", Configuration, "-o", Feed,
            $"-p:PackageVersion={Version}", $"-p:NuspecOutputPath={System.IO.Path.Combine(Folder, "nuspec")}/", "--nologo");

        // The machine's sources stay; packages of others come from the cache that building the repository has filled.
        string cache = DotnetCommand.Succeed(Repository!, new Dictionary<string, string>(), "nuget", "locals", "global-packages", "--list").Split(": ", 2)[1].Trim();
        new XDocument(new XElement("configuration",
            new XElement("packageSources", new XElement("add", new XAttribute("key", "local"), new XAttribute("value", Feed))),
            new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "shared"), new XAttribute("value", cache)))))
            .Save(System.IO.Path.Combine(Folder, "nuget.config"));
    }

    public string Folder => _folder.FullName;

    public string Version { get; }

    public string Path => System.IO.Path.Combine(Feed, $"VlmMlNet.{Version}.nupkg");

    public string SymbolsPath => System.IO.Path.ChangeExtension(Path, ".snupkg");

    /// <summary>The version of TorchSharp that the repository is built with.</summary>
    public string TorchSharpVersion => XDocument.Load(System.IO.Path.Combine(Repository!, "Directory.Packages.props")).Descendants("TorchSharpVersion").Single().Value;

    private string? Repository { get; }

    private string Feed => System.IO.Path.Combine(Folder, "feed");

    /// <summary>A console application outside the repository that references the package.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="withTorch">Whether it also references TorchSharp's native package.</param>
    /// <param name="sources">Its files.</param>
    /// <returns>Its folder.</returns>
    internal string CreateConsumer(string name, bool withTorch, params (string File, string Text)[] sources) =>
        CreateConsumer(name, $"""<PackageReference Include="VlmMlNet" Version="{Version}" />""", "", withTorch, sources);

    /// <summary>One that references the project in the repository.</summary>
    /// <inheritdoc cref="CreateConsumer(string, bool, ValueTuple{string, string}[])"/>
    internal string CreateProjectConsumer(string name, params (string File, string Text)[] sources) =>
        CreateConsumer(name, $"""<ProjectReference Include="{System.IO.Path.Combine(Repository!, "src", "VlmMlNet", "VlmMlNet.csproj")}" />""",
            // Packages may be resolved to near versions, a warning that the repository's own pins avoid.
            "<WarningsNotAsErrors>NU1603</WarningsNotAsErrors>", withTorch: true, sources);

    private string CreateConsumer(string name, string reference, string properties, bool withTorch, (string File, string Text)[] sources)
    {
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(Folder, name)).FullName;
        string native = withTorch ? $"""<PackageReference Include="TorchSharp-cpu" Version="{TorchSharpVersion}" />""" : "";
        File.WriteAllText(System.IO.Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
                <UseSharedCompilation>false</UseSharedCompilation>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <CreateSymbolicLinksForCopyLocalIfPossible>true</CreateSymbolicLinksForCopyLocalIfPossible>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {reference}
                {native}
              </ItemGroup>
            </Project>
            """);
        foreach (var (file, text) in sources)
            File.WriteAllText(System.IO.Path.Combine(folder, file), text);
        return folder;
    }

    /// <summary>A text file in the package.</summary>
    internal string ReadText(string name)
    {
        using var zip = ZipFile.OpenRead(Path);
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    internal string Dotnet(string folder, params string[] arguments) => DotnetCommand.Succeed(folder, _environment, arguments);

    /// <summary>With the machine's package cache, which the repository's projects were restored with.</summary>
    internal static string DotnetInRepository(string folder, params string[] arguments) => DotnetCommand.Succeed(folder, new Dictionary<string, string>(), arguments);

    /// <summary>The configuration of the build that runs.</summary>
    internal static string Configuration => typeof(PackagedLibrary).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public void Dispose() => _folder.Delete(recursive: true);

    internal static string? FindRepository() => System.IO.Path.GetDirectoryName(Ancestor.Find("VlmMlNet.sln"));
}
