using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using Microsoft.ML;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Tests.Components;

namespace VlmMlNet.Tests.Packaging;

/// <summary>The package, seen from applications outside the repository.</summary>
public sealed class PackageTests(PackagedLibrary package) : IClassFixture<PackagedLibrary>
{
    // Its name sorts first, as would its initializer, were it not for the package's.
    private const string EarlyInitializer = """
        using System.Runtime.CompilerServices;
        static class Early
        {
            [ModuleInitializer]
            internal static void Run()
            {
                bool registered = AppDomain.CurrentDomain.GetAssemblies().Any(a => a.GetName().Name == "VlmMlNet");
                Console.WriteLine($"registered before the application's own initializer: {registered}");
                Console.WriteLine($"sum: {TorchSharp.torch.ones(3).sum().item<float>()}");
            }
        }
        """;

    // Loads a model that someone else saved; nothing here names a type of VlmMlNet.
    private const string LoadAndCaption = """
        using Microsoft.ML;
        try
        {
            var mlContext = new MLContext();
            var model = mlContext.Model.Load(args[0], out _);
            var engine = mlContext.Model.CreatePredictionEngine<Photo, Captioned>(model);
            string caption = engine.Predict(new Photo { Image = args[1] }).Caption;
            Console.WriteLine("caption: " + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(caption)));
        }
        catch (Exception e)
        {
            for (Exception inner = e; inner != null; inner = inner.InnerException)
                Console.WriteLine($"{inner.GetType().Name}: {inner.Message}");
        }
        class Photo { public string Image { get; set; } }
        class Captioned { public string Caption { get; set; } }
        """;

    [Fact]
    public void The_package_has_documentation_a_license_build_targets_and_the_dependencies_that_it_needs()
    {
        using var zip = ZipFile.OpenRead(package.Path);
        string[] files = ["README.md", "icon.png", "buildTransitive/VlmMlNet.targets", "buildTransitive/VlmMlNet.TorchInitializer.cs", "lib/net10.0/VlmMlNet.dll", "lib/net10.0/VlmMlNet.xml"];
        Assert.All(files, f => Assert.NotNull(zip.GetEntry(f)));
        Assert.DoesNotContain(zip.Entries, e => e.FullName.EndsWith(".so", StringComparison.Ordinal) || (e.FullName.EndsWith(".dll", StringComparison.Ordinal) && e.Name != "VlmMlNet.dll"));

        using var stream = zip.GetEntry("VlmMlNet.nuspec")!.Open();
        var nuspec = XDocument.Load(stream).Root!;
        XName Name(string local) => nuspec.Name.Namespace + local;
        var metadata = nuspec.Element(Name("metadata"))!;
        Assert.Equal("MIT", metadata.Element(Name("license"))!.Value);
        Assert.Equal("README.md", metadata.Element(Name("readme"))!.Value);
        Assert.Equal("icon.png", metadata.Element(Name("icon"))!.Value);
        var dependencies = nuspec.Descendants(Name("dependency")).ToDictionary(d => (string)d.Attribute("id")!, d => (string)d.Attribute("version")!);
        Assert.All(new[] { "Microsoft.ML", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.Tokenizers", "TorchSharp" }, id => Assert.Contains(id, dependencies.Keys));
        // The application chooses the native library; the command's and the tests' packages are not the library's.
        Assert.DoesNotContain(dependencies.Keys, id => id.StartsWith("TorchSharp-", StringComparison.Ordinal) || id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(dependencies.Keys, id => id is "ScottPlot" or "Spectre.Console" or "System.CommandLine" or "Parquet.Net");
        Assert.Matches(@"^\[5\.[0-9.]+, 6\.0\.0\)$", dependencies["Microsoft.ML"]);
        // Compile-time assets of a dependency that stay out would hide its types from the application.
        Assert.All(nuspec.Descendants(Name("dependency")), d => Assert.DoesNotContain("Compile", (string?)d.Attribute("exclude") ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_of_symbols_has_those_of_this_very_library()
    {
        using var library = ZipFile.OpenRead(package.Path);
        using var symbols = ZipFile.OpenRead(package.SymbolsPath);
        using var assembly = new PEReader(Read(library, "lib/net10.0/VlmMlNet.dll"));
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(Read(symbols, "lib/net10.0/VlmMlNet.pdb"));

        var entry = assembly.ReadDebugDirectory().Single(e => e.Type == DebugDirectoryEntryType.CodeView);
        var id = new BlobContentId(pdb.GetMetadataReader().DebugMetadataHeader!.Id);
        Assert.Equal((assembly.ReadCodeViewDebugDirectoryData(entry).Guid, entry.Stamp), (id.Guid, id.Stamp));
    }

    [Fact]
    public void An_application_that_only_references_the_package_runs_a_saved_pipeline_and_may_use_TorchSharp_before()
    {
        using var pictures = new TinyPictures();
        var (zip, expected) = Save(pictures);
        string folder = package.CreateConsumer("Consumer", withTorch: true, ("A.cs", EarlyInitializer), ("Program.cs", LoadAndCaption));

        string run = package.Dotnet(folder, "run", "-c", "Release", "--", zip, pictures.File(0));
        AssertCaption(expected, run);
        AssertNoSecondCopy(Path.Combine(folder, "bin"));
        if (!OperatingSystem.IsWindows()) // links need a privilege there
            Assert.InRange(Files(Path.Combine(folder, "bin")).Where(f => f.LinkTarget is null).Sum(f => f.Length), 1, 50_000_000);

        string published = Path.Combine(package.Folder, "published");
        package.Dotnet(folder, "publish", "-c", "Release", "-o", published);
        AssertCaption(expected, package.Dotnet(published, "Consumer.dll", zip, pictures.File(0)));
        AssertNoSecondCopy(published);
    }

    [Fact]
    public void An_application_that_references_the_project_runs_a_saved_pipeline_too()
    {
        using var pictures = new TinyPictures();
        var (zip, expected) = Save(pictures);
        string folder = package.CreateProjectConsumer("ProjectConsumer", ("Program.cs", LoadAndCaption));
        string run = PackagedLibrary.DotnetInRepository(folder, "run", "-c", PackagedLibrary.Configuration, "--", zip, pictures.File(0));
        Assert.Contains("caption: " + Convert.ToHexString(Encoding.UTF8.GetBytes(expected)), run, StringComparison.Ordinal);
    }

    [Fact]
    public void An_application_without_the_native_package_is_told_which_one_to_reference()
    {
        using var pictures = new TinyPictures();
        var (zip, _) = Save(pictures);
        string folder = package.CreateConsumer("WithoutTorch", withTorch: false, ("Program.cs", LoadAndCaption));

        string output = package.Dotnet(folder, "run", "-c", "Release", "--", zip, pictures.File(0));

        Assert.Matches("DllNotFoundException: TorchSharp's native libraries could not be loaded.* Add a reference to the package TorchSharp-cpu, or to one of the TorchSharp-cuda packages, of the same version as TorchSharp\\.", output);
        Assert.DoesNotContain("caption:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LoadNativeBackend", output, StringComparison.Ordinal); // TorchSharp's own page about its search
    }

    private static MemoryStream Read(ZipArchive zip, string name)
    {
        var content = new MemoryStream();
        using Stream entry = zip.GetEntry(name)!.Open();
        entry.CopyTo(content);
        content.Position = 0;
        return content;
    }

    /// <summary>Saves a pipeline of random weights whose caption is not empty, as some are that end at once.</summary>
    private static (string Zip, string Caption) Save(TinyPictures pictures)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            using var model = TinyModel.Create(seed);
            var context = new MLContext(seed: 1);
            var data = pictures.Rows(context, 1);
            var pipeline = context.Transforms.ImageEncoder(model, "Patches", "Image")
                .Append(context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
                .Append(context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, MaxTokens = 8 }));
            var fitted = pipeline.Fit(data);
            string caption = fitted.Transform(data).Texts("Caption")[0];
            if (caption.Length == 0)
                continue;
            string zip = Path.Combine(pictures.Folder, "captioner.zip");
            context.Model.Save(fitted, data.Schema, zip);
            return (zip, caption);
        }
        throw new InvalidOperationException("Every caption is empty.");
    }

    private static void AssertCaption(string expected, string output)
    {
        Assert.Contains("registered before the application's own initializer: True", output, StringComparison.Ordinal);
        Assert.Contains("sum: 3", output, StringComparison.Ordinal);
        Assert.Contains("caption: " + Convert.ToHexString(Encoding.UTF8.GetBytes(expected)), output, StringComparison.Ordinal);
    }

    /// <summary>TorchSharp copies its native libraries to a folder "cpu" where they fail to load.</summary>
    private static void AssertNoSecondCopy(string folder)
    {
        Assert.Contains(Files(folder), f => f.Name.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.DoesNotContain(Files(folder), f => f.Directory!.Name == "cpu");
    }

    private static FileInfo[] Files(string folder) => new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories);
}
