using VlmMlNet.Components.Stages;

namespace VlmMlNet;

/// <content>Training.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>The stages of training, each an estimator whose Fit continues the model of the one before.</summary>
    public TrainingStageCatalog Stages => field ??= new TrainingStageCatalog(_environment);
}
