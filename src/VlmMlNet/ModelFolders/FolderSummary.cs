using System.Text.Json;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;

namespace VlmMlNet.ModelFolders;

/// <summary>What a model's folder holds, read from its headers: no weights are loaded.</summary>
/// <param name="Folder">The full path.</param>
/// <param name="Kind">config.json's <c>model_type</c>, or <c>unknown</c>.</param>
/// <param name="Config">config.json, indented.</param>
/// <param name="Parts">Parameters of each part, in the order of the model; they add up to <see cref="ParameterCount"/>.</param>
/// <param name="Types">Tensors and bytes of each type.</param>
/// <param name="Tokenizer">The tokenizer; null where the folder has none.</param>
public sealed record FolderSummary(string Folder, string Kind, string Config, IReadOnlyList<FolderSummary.Part> Parts,
    IReadOnlyList<FolderSummary.StoredType> Types, VlmTokenizer? Tokenizer)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    // First match wins. Names as ModelFolder writes them, then those of single Hugging Face models.
    private static readonly (string Prefix, string Part)[] s_parts =
    [
        (PartFiles.Vision.Prefix + "vision_model.head.", "vision head"),
        (PartFiles.Vision.Prefix, "vision"),
        (PartFiles.Projector.Prefix, "projector"),
        (PartFiles.Language.Prefix, "language"),
        ("vision_model.head.", "vision head"),
        ("vision_model.", "vision"),
        ("text_model.", "text tower"),
        ("model.", "language"),
        ("lm_head.", "language output"),
    ];

    /// <summary>A part of a model.</summary>
    /// <param name="Name">vision, vision head, projector, language, ...</param>
    /// <param name="Parameters">How many numbers it has.</param>
    public sealed record Part(string Name, long Parameters);

    /// <summary>A type of stored tensors.</summary>
    /// <param name="Type">Its name in safetensors, such as F32.</param>
    /// <param name="Tensors">How many tensors.</param>
    /// <param name="Bytes">Their size in the files.</param>
    public sealed record StoredType(string Type, int Tensors, long Bytes);

    /// <summary>What the model is asked for a caption where nothing else is said; null where it is not a whole vision-language model.</summary>
    public string? CaptionPrompt { get; init; }

    /// <summary>The precision of a language model that was packed for generating; null for other models.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>All parameters that are stored; tied embeddings are stored once.</summary>
    public long ParameterCount => Parts.Sum(p => p.Parameters);

    /// <summary>Reads a folder that <see cref="ModelFolder"/> saved or Hugging Face publishes.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It has no config.json or no weights.</exception>
    /// <exception cref="MalformedInputException">A file is damaged, or the folder holds a training run that has saved no model yet.</exception>
    public static FolderSummary Read(string folder)
    {
        folder = Checkpoint.FullFolder(folder);
        FolderReplacement.Complete(folder);
        var root = ModelPlace.OpenConfig(folder);
        bool isWhole = root.Text("model_type") == ModelConfig.ModelType;
        var precision = isWhole ? ModelConfig.ReadPrecision(root) : null;
        bool isEncoderReduced = isWhole && ModelConfig.ReadHasReducedEncoder(root);
        var entries = new List<SafetensorsEntry>();
        if (precision is null || !isEncoderReduced)
        {
            using var checkpoint = Checkpoint.OpenFolder(folder, name => true); // what is missing is found when it is loaded
            entries.AddRange(checkpoint.Names.Select(checkpoint.Entry));
        }
        var counts = entries.GroupBy(e => PartOf(e.Name)).ToDictionary(g => g.Key, g => g.Sum(e => e.Shape.Aggregate(1L, (a, b) => a * b)));
        // Reduced tensors are padded, and have scales: what they were made of counts.
        if (precision is not null || isEncoderReduced)
        {
            var (vision, language) = (HuggingFaceConfig.SiglipVision(root.Section("vision_config") ?? root), HuggingFaceConfig.Qwen2(root.Section("text_config") ?? root));
            if (precision is { } reduced)
                Add("language", PartFiles.Language, PackedWeights.CountOf(PackedModel.Factory(language, reduced)));
            if (isEncoderReduced)
            {
                Add("vision", PartFiles.Vision, PackedWeights.CountOf(PackedVision.Factory(vision)));
                Add("projector", PartFiles.Projector, PackedWeights.CountOf(PackedProjector.Factory(ModelConfig.ReadProjector(root.Section("projector_config") ?? root, vision, language))));
            }
        }
        bool hasTokenizer = File.Exists(Path.Combine(folder, "tokenizer.json")) || File.Exists(Path.Combine(folder, "vocab.json"));
        return new FolderSummary(folder, root.Text("model_type") ?? "unknown", root.ToJson(s_indented),
            [.. s_parts.Select(p => p.Part).Append("other").Distinct().Where(counts.ContainsKey).Select(name => new Part(name, counts[name]))],
            [.. entries.GroupBy(e => e.DType).Select(g => new StoredType(SafetensorsDType.Name(g.Key), g.Count(), g.Sum(e => e.ByteLength))).OrderByDescending(t => t.Bytes)],
            hasTokenizer ? VlmTokenizer.Load(folder) : null)
        { CaptionPrompt = isWhole ? ModelConfig.ReadCaptionPrompt(root) : null, Precision = precision };

        void Add(string part, PartFiles files, long parameters)
        {
            using var file = SafetensorsFile.Open(Path.Combine(folder, files.ReducedName));
            entries.AddRange(file.Tensors.Values);
            counts[part] = parameters;
        }
    }

    private static string PartOf(string tensor) =>
        Array.Find(s_parts, p => tensor.StartsWith(p.Prefix, StringComparison.Ordinal)).Part ?? "other";
}
