using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Finds all that would stop a model folder from loading, of this library's or of Hugging Face's. No weights are kept in
/// memory.</summary>
internal static class ModelInspection
{
    /// <summary>What the folder's problems are, each once, in the order in which loading would meet them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isConfigBad">Whether config.json is known not to be usable: then the weights are not held against it.</param>
    public static IReadOnlyList<MalformedInputException> Find(string folder, bool isConfigBad)
    {
        folder = Path.GetFullPath(folder);
        TorchRuntime.EnsureLoaded();
        var problems = new List<MalformedInputException>();
        string? type = null;
        if (!isConfigBad)
            Try(() => type = ConfigSection.Open(Path.Combine(folder, HuggingFaceConfig.FileName)).Text("model_type"));
        switch (type)
        {
            case HuggingFaceConfig.Qwen2Type:
                Try(() => HuggingFaceFolder.CheckQwen2(folder));
                Try(() => VlmTokenizer.Load(folder));
                break;
            case HuggingFaceConfig.SiglipType or HuggingFaceConfig.SiglipVisionType:
                Try(() => HuggingFaceFolder.CheckSiglipVision(folder));
                Try(() => ImageProcessorFolder.Find(folder));
                break;
            default:
                Try(() => VlmTokenizer.Load(folder));
                Try(() => ImageProcessorFolder.Read(folder));
                if (!isConfigBad)
                    CheckWhole();
                break;
        }
        return problems;

        // Part by part, so that one that is damaged does not hide the others; then how they fit.
        void CheckWhole()
        {
            Try(() => CheckWeights(folder, Try));
            if (problems.Count == 0)
                Try(() =>
                {
                    using var model = new FolderModel(folder);
                    model.CheckParts();
                });
        }

        void Try(Action check)
        {
            try
            {
                check();
            }
            catch (MalformedInputException e)
            {
                Add(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
            {
                // Some name the folder already, as the problem's own source does.
                string text = ErrorMessage.Of(e);
                Add(new MalformedInputException(folder, text.StartsWith(folder + ": ", StringComparison.Ordinal) ? text[(folder.Length + 2)..] : text, innerException: e));
            }
        }

        void Add(MalformedInputException problem)
        {
            if (problems.TrueForAll(p => p.Message != problem.Message))
                problems.Add(problem);
        }
    }

    /// <summary>Throws the first problem of a model that is to be trained. Weights are not read.</summary>
    /// <exception cref="MalformedInputException">It would not load, or is held in a precision for generating only.</exception>
    public static void CheckTrainable(string folder)
    {
        var summary = FolderSummary.Read(folder);
        if (summary.Precision is { } precision)
            throw new MalformedInputException(summary.Folder, $"it holds its language model in {PackedFile.Name(precision)}, which is for generating only", "Train the model that it was made of.");
        if (Find(folder, isConfigBad: false) is [var first, ..])
            throw first;
    }

    /// <summary>Throws the first problem of two backbones that are to be joined. Weights are not read.</summary>
    /// <inheritdoc cref="HuggingFaceFolder" path="/remarks"/>
    public static void CheckBackbones(string vision, string language)
    {
        (vision, language) = (Checkpoint.FullFolder(vision), Checkpoint.FullFolder(language));
        TorchRuntime.EnsureLoaded();
        HuggingFaceFolder.CheckSiglipVision(vision);
        HuggingFaceFolder.CheckQwen2(language);
        PartsFit.CheckPictures(vision, ImageProcessorFolder.Find(vision), HuggingFaceConfig.SiglipVision(vision).Config);
        PartsFit.CheckTokens(language, VlmTokenizer.Load(language), HuggingFaceConfig.Qwen2(language));
    }

    /// <summary>Compares the weights with the configuration, part by part: all of loading that needs neither tokenizer nor memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="check">Runs one comparison.</param>
    private static void CheckWeights(string folder, Action<Action> check)
    {
        var config = new ModelConfig(ConfigSection.Open(Path.Combine(folder, HuggingFaceConfig.FileName)));
        using var checkpoint = config is { HasReducedEncoder: true, Precision: not null } ? null : Checkpoint.OpenFolder(folder);
        if (config.HasReducedEncoder)
        {
            check(() => Map(PartFiles.Vision, PackedVision.Factory(config.Vision)));
            check(() => Map(PartFiles.Projector, PackedProjector.Factory(config.Projector)));
        }
        else
        {
            check(() => Match(PartFiles.Vision, new SiglipVisionModel(config.Vision, ScalarType.Float32, META)));
            check(() => Match(PartFiles.Projector, new MlpProjector(config.Projector, ScalarType.Float32, META)));
        }
        if (config.Precision is { } precision)
            check(() => Map(PartFiles.Language, PackedModel.Factory(config.Language, precision)));
        else
            check(() => Match(PartFiles.Language, new Qwen2ForCausalLM(config.Language, ScalarType.Float32, META)));

        void Map<TWeights>(PartFiles part, WeightsFactory<TWeights> factory) where TWeights : PackedWeights => PackedFile.Map(Path.Combine(folder, part.ReducedName), factory).Dispose();

        void Match(PartFiles part, nn.Module shapes)
        {
            using (shapes)
                ModuleWeights.Match(shapes, checkpoint!, part.Prefix);
        }
    }
}
