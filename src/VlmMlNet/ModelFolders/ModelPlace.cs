namespace VlmMlNet.ModelFolders;

/// <summary>What a folder is that a model is asked of.</summary>
internal static class ModelPlace
{
    /// <summary>The folder of a training run, within that of its model, for what is not finished.</summary>
    internal const string CheckpointName = "checkpoint";

    private const string InnerName = "model"; // as quickstart calls it

    /// <summary>config.json of a model that this library saved.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="MalformedInputException">The folder holds something that has one later or elsewhere, or the file is damaged.</exception>
    public static ConfigSection OpenConfig(string folder)
    {
        string config = Path.Combine(folder, HuggingFaceConfig.FileName);
        if (!File.Exists(config))
            Explain(folder);
        return ConfigSection.Open(config);
    }

    /// <summary>Throws where a folder has no model, and what it has says why.</summary>
    /// <exception cref="MalformedInputException">It holds the beginning of a run, or a folder that is a model.</exception>
    public static void Explain(string folder)
    {
        if (IsUnfinished(folder))
            throw new MalformedInputException(folder, "it holds an unfinished training run, which has saved no model yet", "Continue the run first (StagedTraining.Resume).");
        if (File.Exists(Path.Combine(folder, InnerName, HuggingFaceConfig.FileName)))
            throw new MalformedInputException(folder, $"it is no model, but its folder '{InnerName}' is one", $"Give {Path.Combine(folder, InnerName)}.");
    }

    /// <summary>Whether a folder is that of a run of which something is not finished.</summary>
    public static bool IsUnfinished(string folder)
    {
        string checkpoints = Path.Combine(folder, CheckpointName);
        return Directory.Exists(checkpoints)
            && (File.Exists(Path.Combine(checkpoints, ModelFolder.TrainingStateName)) || Directory.EnumerateFiles(checkpoints, "*.safetensors", SearchOption.AllDirectories).Any());
    }
}
