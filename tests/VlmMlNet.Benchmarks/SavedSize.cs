using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.ML;
using TorchSharp;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.ModalityProjector;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;

namespace VlmMlNet.Benchmarks;

/// <summary>A pipeline of the paper's size through mlContext.Model.Save and, in a fresh process, Load: time, memory beside the
/// weights, temporary files, and whether the weights are the same.</summary>
internal static class SavedSize
{
    private const string FileName = "pipeline.zip";

    private sealed class Photo
    {
        public string Image { get; set; } = "";
    }

    /// <summary>Both halves, each in a process of its own, with a folder for temporary files that is watched.</summary>
    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("vlm-save-");
        try
        {
            string file = Path.Combine(folder.FullName, FileName);
            string written = Half("write", file, folder.CreateSubdirectory("tmp")), read = Half("read", file, folder.CreateSubdirectory("tmp"));
            bool same = written == read;
            Console.WriteLine($"weights after loading: {(same ? "bit-equal" : "DIFFERENT")} (SHA-256 {written[..16]}..., {read[..16]}...)");
            return same ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static void Write(string file)
    {
        TorchRuntime.EnsureLoaded();
        var context = new MLContext(seed: 1);
        var tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(["Describe the image.", "a dog on a beach"]);
        using var model = VisionLanguageModel.CreateRandom(SiglipVisionConfig.So400mPatch14At224, Qwen2Config.Qwen25Half, tokenizer, ProjectorConfig.Paper.HiddenSize, seed: 1);
        var photos = context.Data.LoadFromEnumerable(Array.Empty<Photo>());
        var fitted = context.Transforms.ImageEncoder(model, "Patches", "Image")
            .Append(context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(context.Transforms.CaptionGenerator(model, "Caption", "VisualTokens")).Fit(photos);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"weights: {4 * model.CountParameters().Total / 1e9:F3} GB in float32; {PeakMemory.Describe()}"));
        string hash = Hash([model.Network.Vision, model.Network.Projector, model.Network.Language]);
        Measure("saving", () => context.Model.Save(fitted, photos.Schema, file));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  file: {new FileInfo(file).Length / 1e9:F3} GB"));
        Console.WriteLine(hash);
    }

    public static void Read(string file)
    {
        TorchRuntime.EnsureLoaded();
        ITransformer? loaded = null;
        Measure("loading in a fresh process", () => loaded = new MLContext().Model.Load(file, out _));
        Console.WriteLine(Hash([.. ((IEnumerable<ITransformer>)loaded!).Select(Module)]));
    }

    // The last line of a half is its hash; the others are shown.
    private static string Half(string name, string file, DirectoryInfo temporary)
    {
        var start = ChildProcess.Start("save", name, file);
        start.RedirectStandardOutput = true;
        start.Environment["TMPDIR"] = temporary.FullName;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        long largest = 0;
        while (!process.WaitForExit(2))
        {
            foreach (var entry in temporary.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            {
                entry.Refresh();
                largest = Math.Max(largest, entry.Exists ? entry.Length : 0);
            }
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The process that was to {name} failed.");
        string[] lines = output.Result.TrimEnd().Split('\n');
        foreach (string line in lines[..^1])
            Console.WriteLine(line);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  largest temporary file: {largest:N0} bytes"));
        return lines[^1];
    }

    private static void Measure(string what, Action work)
    {
        GC.Collect();
        PeakMemory.Reset();
        long before = PeakMemory.Resident;
        var watch = Stopwatch.StartNew();
        work();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {watch.Elapsed.TotalSeconds:F1} s; resident {before / 1e9:F3} GB before, {PeakMemory.Resident / 1e9:F3} GB after, {PeakMemory.Peak / 1e9:F3} GB at most"));
    }

    private static string Hash(IEnumerable<torch.nn.Module> modules)
    {
        using var sha = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
            foreach (var module in modules)
                SafetensorsWriter.Write(stream, ModuleWeights.Named(module));
        return Convert.ToHexString(sha.Hash!);
    }

    private static torch.nn.Module Module(ITransformer transformer) => transformer switch
    {
        ImageEncoderTransformer encoder => Vision(encoder).Module,
        ModalityProjectorTransformer projector => Projector(projector).Module,
        CaptionGeneratorTransformer generator => Conversation(generator).Language.Module,
        _ => throw new NotSupportedException($"{transformer.GetType()} is no part of the pipeline."),
    };

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_vision")]
    private static extern ref ImageEncoderPart Vision(ImageEncoderTransformer transformer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_projector")]
    private static extern ref ProjectorPart Projector(ModalityProjectorTransformer transformer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_model")]
    private static extern ref ConversationModel Conversation(CaptionGeneratorTransformer transformer);
}
