using Microsoft.ML.Runtime;

namespace VlmMlNet;

/// <summary>Everything about vision-language models that is not a transform of a pipeline: models, data, training stages
/// and evaluation. Made by <c>mlContext.VisionLanguage()</c>.</summary>
public sealed partial class VisionLanguageCatalog
{
    private readonly IHostEnvironment _environment;

    internal VisionLanguageCatalog(IHostEnvironment environment)
    {
        _environment = environment;
    }
}
