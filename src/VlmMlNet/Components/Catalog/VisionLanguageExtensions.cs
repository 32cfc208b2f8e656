using Microsoft.ML.Runtime;
using VlmMlNet;

namespace Microsoft.ML;

/// <summary>Entry point of VlmMlNet in an ML.NET application.</summary>
public static class VisionLanguageExtensions
{
    /// <summary>The catalog of vision-language models, data readers, training stages and evaluation.</summary>
    /// <param name="mlContext">The context; its seed, log, GpuDeviceId and FallbackToCpu apply to what the catalog makes.</param>
    public static VisionLanguageCatalog VisionLanguage(this MLContext mlContext)
    {
        Contracts.CheckValue(mlContext, nameof(mlContext));
        return new VisionLanguageCatalog(mlContext);
    }
}
