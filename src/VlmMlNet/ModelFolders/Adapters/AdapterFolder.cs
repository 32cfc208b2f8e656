using VlmMlNet.Files;
using VlmMlNet.Models.Layers;
using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders.Adapters;

/// <summary>Loads and saves adapters as PEFT does: a folder with adapter_config.json and adapter_model.safetensors, whose tensors are
/// <c>base_model.model.NAME.lora_A.weight</c> and <c>lora_B.weight</c> with the layer's name in the base model.</summary>
internal static class AdapterFolder
{
    public const string FileName = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.", NameOfA = ".lora_A.weight", NameOfB = ".lora_B.weight";
    private const string VisionPrefix = "vision_model.", VisionHead = VisionPrefix + "head.", LanguagePrefix = "model.";

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsAdapter(string folder) => File.Exists(Path.Combine(folder, AdapterConfigFile.FileName));

    /// <summary>Whether the adapter of a folder is an image encoder's, by its tensors' names.</summary>
    public static bool IsOfVision(string folder)
    {
        using var checkpoint = Open(folder);
        return checkpoint.Names.Any(name => name.StartsWith(Prefix + VisionPrefix, StringComparison.Ordinal));
    }

    /// <summary>Loads an adapter.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="module">What it is for, which may lie on the meta device: the layers' names and shapes are compared with it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is absent.</exception>
    /// <exception cref="MalformedInputException">A file is damaged, asks for something that is not supported, or does not fit the model.</exception>
    public static LoraAdapter Load(string folder, nn.Module module)
    {
        folder = Checkpoint.FullFolder(folder);
        var config = AdapterConfigFile.Read(folder);
        using var checkpoint = Open(folder);
        // Of a decoder that was trained without its output layer.
        checkpoint.AddPrefix(Prefix, LanguagePrefix, "layers.");
        var layers = Layers(folder, config, module);
        using var scope = NewDisposeScope();
        var expected = new Dictionary<string, Tensor>();
        foreach (var (name, layer, rank, _) in layers)
        {
            expected[Prefix + name + NameOfA] = empty([rank, layer.weight.shape[1]], ScalarType.Float32, META);
            expected[Prefix + name + NameOfB] = empty([layer.weight.shape[0], rank], ScalarType.Float32, META);
        }
        bool hasHead = module.named_modules().Any(m => m.name.StartsWith(VisionHead, StringComparison.Ordinal));
        TensorMatch.Check(checkpoint.Path, expected, checkpoint.Tensors, name => !hasHead && name.StartsWith(Prefix + VisionHead, StringComparison.Ordinal));
        return new LoraAdapter(layers.Select(l => new LoraMatrices(l.Name, l.Rank, l.Scaling, Floats(checkpoint, Prefix + l.Name + NameOfA), Floats(checkpoint, Prefix + l.Name + NameOfB))),
            config.Dropout, config.BaseModel);
    }

    /// <summary>Saves an adapter. Its two files take their places together; others in the folder stay.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="module">What it changes.</param>
    /// <param name="folder">Made where it does not exist.</param>
    /// <exception cref="IOException">A file cannot be written. Nothing is changed then.</exception>
    public static void Save(LoraAdapter adapter, nn.Module module, string folder)
    {
        using var output = OutputFolder.Claim(folder);
        new FolderReplacement(output).Write(temporary => Write(adapter, module, temporary), [], last: AdapterConfigFile.FileName);
    }

    /// <summary>Writes the two files into a folder of the caller's.</summary>
    public static void Write(LoraAdapter adapter, nn.Module module, string folder)
    {
        using var scope = NewDisposeScope();
        var tensors = adapter.Layers.SelectMany(l => new[] { KeyValuePair.Create(Prefix + l.Layer + NameOfA, l.TensorA()), KeyValuePair.Create(Prefix + l.Layer + NameOfB, l.TensorB()) });
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, FileName), [.. tensors], new Dictionary<string, string> { ["format"] = "pt" });
        File.WriteAllBytes(Path.Combine(folder, AdapterConfigFile.FileName), AdapterConfigWriter.ToJson(adapter, module, module is Qwen2ForCausalLM));
    }

    private static List<(string Name, LinearLayer Layer, int Rank, double Scaling)> Layers(string folder, LoraConfig config, nn.Module module)
    {
        try
        {
            return [.. config.Targets.Find(module).Select(t => (t.Name, t.Layer, config.RankOf(t.Name), config.ScalingOf(t.Name)))];
        }
        catch (ArgumentException e)
        {
            throw new MalformedInputException(Path.Combine(folder, AdapterConfigFile.FileName), ErrorMessage.Of(e).TrimEnd('.'),
                $"The adapter belongs to another model than this {(module is SiglipVisionModel ? "image encoder" : "language model")}, or changes layers that cannot be changed here.", innerException: e);
        }
    }

    private static Checkpoint Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
            return Checkpoint.OpenFile(path);
        if (File.Exists(Path.Combine(folder, "adapter_model.bin")))
            throw new MalformedInputException(folder, "it holds its adapter only as 'adapter_model.bin'", $"Pickles are never loaded, because they can run code: save the adapter as {FileName}, which is what PEFT does by default.");
        throw new FileNotFoundException($"There is no file {path}. Give an adapter folder as PEFT saves it, with {AdapterConfigFile.FileName} and {FileName}.", path);
    }

    private static float[] Floats(Checkpoint checkpoint, string name)
    {
        using var stored = checkpoint.Read(name);
        using var floats = stored.to(ScalarType.Float32);
        return floats.data<float>().ToArray();
    }
}
