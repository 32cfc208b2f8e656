namespace VlmMlNet.Training;

/// <summary>How a learning rate falls from its peak after the warmup.</summary>
public enum LearningRateSchedule
{
    /// <summary>Along half a cosine to 0.</summary>
    Cosine,

    /// <summary>Along a line to 0.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}

/// <summary>The factor on the peak learning rate.</summary>
internal static class LearningRateFactor
{
    /// <param name="schedule">The shape after the warmup.</param>
    /// <param name="progress">Share of the training that is done, 0 to 1.</param>
    /// <param name="warmupRatio">Share in which the rate rises linearly from 0.</param>
    public static double At(LearningRateSchedule schedule, double progress, double warmupRatio)
    {
        progress = Math.Clamp(progress, 0, 1);
        if (progress < warmupRatio)
            return progress / warmupRatio;
        double rest = (progress - warmupRatio) / (1 - warmupRatio);
        return schedule switch
        {
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * rest)),
            LearningRateSchedule.Linear => 1 - rest,
            LearningRateSchedule.Constant => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "Unknown schedule."),
        };
    }
}
