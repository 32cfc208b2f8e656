using VlmMlNet;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace Microsoft.ML;

/// <summary>What a model does with one picture at a time.</summary>
public static class VisionLanguageModelExtensions
{
    /// <summary>Begins a session of questions about one picture, which is encoded once.</summary>
    /// <param name="model">The model; it may be disposed before the session.</param>
    /// <param name="image">The picture.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public static ImageSession OpenImage(this VisionLanguageModel model, RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ImageSession(model, image);
    }
}
