using System.Globalization;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>Learning rates that the user gives instead of a preset's.</summary>
internal sealed record LearningRates(double Vision, double Projector, double Language)
{
    /// <summary>Three positive numbers with commas; null for anything else.</summary>
    public static LearningRates? Parse(string text)
    {
        string[] parts = text.Split(',');
        var values = new double[3];
        if (parts.Length != 3)
            return null;
        for (int i = 0; i < 3; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || values[i] is not (> 0 and < 10))
                return null;
        return new LearningRates(values[0], values[1], values[2]);
    }

    /// <summary>Replaces the rates of the parts that the stage trains; what it freezes stays frozen.</summary>
    public TrainingStage ApplyTo(TrainingStage stage) => stage with
    {
        VisionLearningRate = stage.VisionLearningRate is null ? null : Vision,
        ProjectorLearningRate = stage.ProjectorLearningRate is null ? null : Projector,
        LanguageLearningRate = stage.LanguageLearningRate is null ? null : Language,
    };
}
