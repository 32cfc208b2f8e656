using System.CommandLine;
using System.Globalization;
using TorchSharp;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm inspect DIR</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(Shell shell)
    {
        var folder = new Argument<string?>("DIR") { Description = "A saved model, or a Hugging Face folder.", Arity = ArgumentArity.ZeroOrOne };
        var preset = new Option<string?>("--preset") { Description = "Instead of a folder: paper, the configuration of 900M parameters." };
        preset.AcceptOnlyFromAmong("paper");
        var command = new DocumentedCommand("inspect", "Show a model's configuration, parameter counts, stored types and tokenizer.",
            "No weights are loaded.\n\nExit codes: 0; 1 for an error; 2 for a wrong command line.\n\nExamples:\n  vlm inspect model\n  vlm inspect Qwen2.5-0.5B-Instruct\n  vlm inspect --preset paper")
        { folder, preset };
        command.SetAction(result =>
        {
            if ((result.GetValue(folder) is null) == (result.GetValue(preset) is null))
                throw new UsageException("Give a folder or --preset paper, one of the two. See 'vlm inspect --help'.");
            if (result.GetValue(folder) is { } path)
                Write(shell.Output, FolderSummary.Read(path));
            else
                WritePaper(shell.Output);
            return VlmCommand.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, FolderSummary summary)
    {
        output.WriteLine($"folder: {summary.Folder}");
        output.WriteLine($"model type: {summary.Kind}");
        if (summary.Precision is { } precision)
            output.WriteLine($"language model: {precision.ToString().ToLowerInvariant()}, for generating only");
        output.WriteLine();
        WriteCounts(output, [.. summary.Parts.Select(p => (p.Name, p.Parameters))]);
        output.WriteLine();
        output.WriteLine("stored tensors");
        foreach (var type in summary.Types)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {type.Type,-16} {type.Tensors,6:N0} tensors {type.Bytes,18:N0} bytes"));
        output.WriteLine();
        if (summary.Tokenizer is { } tokenizer)
        {
            output.WriteLine("tokenizer");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"tokens",-16} {tokenizer.VocabularySize,13:N0}"));
            output.WriteLine($"  {"special",-16} {string.Join(", ", Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).Select(id => $"{tokenizer.Decode([id], skipSpecialTokens: false)} = {id}"))}");
        }
        else
            output.WriteLine("tokenizer: none");
        output.WriteLine();
        output.WriteLine("config.json");
        output.WriteLine(summary.Config);
    }

    // On the meta device weights have shapes and no memory.
    private static void WritePaper(TextWriter output)
    {
        TorchRuntime.EnsureLoaded();
        using var vision = new SiglipVisionModel(SiglipVisionConfig.So400mPatch14At224, torch.ScalarType.Float32, torch.META);
        using var projector = new MlpProjector(ProjectorConfig.Paper, torch.ScalarType.Float32, torch.META);
        using var language = new Qwen2ForCausalLM(Qwen2Config.Qwen25Half, torch.ScalarType.Float32, torch.META);
        var counts = ParameterCounts.Of(new VisionLanguageNetwork(vision, projector, language));
        output.WriteLine("siglip-so400m-patch14-224, projector 1152 -> 8960 -> 896, Qwen2.5-0.5B");
        output.WriteLine();
        WriteCounts(output, [("vision", counts.Vision), ("vision head", counts.VisionHead), ("projector", counts.Projector), ("language", counts.Language)]);
        output.WriteLine();
        output.WriteLine("captions come from the patches: the head is not loaded from backbones");
    }

    private static void WriteCounts(TextWriter output, IReadOnlyList<(string Name, long Count)> parts)
    {
        output.WriteLine("parameters");
        foreach (var (name, count) in parts)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-16} {count,13:N0} {count / 1e6,8:F1}M"));
        long total = parts.Sum(p => p.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"total",-16} {total,13:N0} {total / 1e6,8:F1}M"));
    }
}
