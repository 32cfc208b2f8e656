using System.Security.Cryptography;
using VlmMlNet.Components.Recipes;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models.Lora;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>What <c>vlm train --resume</c> compares and says, in the words of the command line.</summary>
internal static class ResumedRun
{
    private static readonly Dictionary<string, string> s_options = new()
    {
        [nameof(TrainingStage.Epochs)] = "--epochs",
        [nameof(TrainingStage.BatchSize)] = "--batch-size",
        [nameof(TrainingStage.BatchLayout)] = "--batch-layout",
        [nameof(TrainingStage.PackedLength)] = "--packed-length",
        [nameof(TrainingRun.Seed)] = "--seed",
        [nameof(TrainingStage.VisionLearningRate)] = "--learning-rates of the image encoder",
        [nameof(TrainingStage.ProjectorLearningRate)] = "--learning-rates of the projector",
        [nameof(TrainingStage.LanguageLearningRate)] = "--learning-rates of the language model",
        [$"{nameof(TrainingStage.VisionLora)}.{nameof(LoraOptions.Rank)}"] = "--lora",
        [$"{nameof(TrainingStage.LanguageLora)}.{nameof(LoraOptions.Rank)}"] = "--lora",
        [$"{nameof(TrainingStage.VisionLora)}.{nameof(LoraOptions.Alpha)}"] = "--lora-alpha",
        [$"{nameof(TrainingStage.LanguageLora)}.{nameof(LoraOptions.Alpha)}"] = "--lora-alpha",
        [$"{nameof(TrainingStage.VisionLora)}.{nameof(LoraOptions.Dropout)}"] = "--lora-dropout",
        [$"{nameof(TrainingStage.LanguageLora)}.{nameof(LoraOptions.Dropout)}"] = "--lora-dropout",
        [$"{nameof(TrainingStage.VisionLora)}.{nameof(LoraOptions.Targets)}"] = "--lora-targets",
        [$"{nameof(TrainingStage.LanguageLora)}.{nameof(LoraOptions.Targets)}"] = "--lora-targets",
        ["Validation.KeepBest"] = "--keep-best",
        ["Validation.Measure"] = "--keep-best",
        ["Validation.Patience"] = "--patience",
        ["Validation.EverySteps"] = "--validate-every",
        ["Validation.Share"] = "--validate-every",
        ["Validation.Limit"] = "--validation-limit",
        ["data"] = "--data",
    };

    /// <summary>What the run is begun with, apart from how its stages learn.</summary>
    public static IReadOnlyList<RunOrigin> Origins(TrainSettings settings, string prompt) =>
    [
        settings.Model is { } model ? new("start", Identity(model), $"--model {model}")
            : settings.Vision is { } vision ? new("start", Identity(vision, settings.Language!), $"--vision {vision} --llm {settings.Language}")
            : new("start", "tiny", "--config tiny"),
        new("--adapter", settings.Adapter is { } adapter ? Identity(adapter) : "none", settings.Adapter ?? "none"),
        new("--prompt", prompt, prompt),
        new("--data", "", string.Join(',', settings.Data)),
        new("--instructions", "", settings.Instructions.Length == 0 ? "none" : string.Join(',', settings.Instructions)),
    ];

    /// <summary>The sentence for a run that other options were given for.</summary>
    public static string Describe(OtherSettingsException e, string folder)
    {
        string differences = string.Join(", ", e.Differences.Select(d => (d with { Name = s_options.GetValueOrDefault(d.Name, d.Name) }).ToString()).Distinct());
        if (!ModelFolder.IsModel(folder))
            return $"{folder} holds a run that was begun with other options: {differences}. Continue it with the same ones, or train into another folder.";
        return $"{folder} holds a {(e.IsFinished ? "finished run" : "run")} that was begun with other options: {differences}. "
            + (e.IsFinished ? "Nothing of it is left to do with the same ones; " : "Continue it with the same ones; ")
            + $"to train its model further with these, start from it: --model {folder} --out ANOTHER, without --resume.";
    }

    // A model that is not there any more, or that the run has itself replaced, cannot be compared.
    private static string Identity(params ReadOnlySpan<string> folders)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string folder in folders)
        {
            var files = new DirectoryInfo(folder);
            if (!files.Exists || File.Exists(Path.Combine(folder, ModelFolder.TrainingStateName)) is var isRun && isRun)
                return "";
            foreach (var file in files.EnumerateFiles("*.safetensors").OrderBy(f => f.Name, StringComparer.Ordinal))
                hash.AppendData(BitConverter.GetBytes(file.Length));
            foreach (string name in (string[])["config.json", "adapter_config.json"])
                if (File.Exists(Path.Combine(folder, name)))
                    hash.AppendData(File.ReadAllBytes(Path.Combine(folder, name)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
