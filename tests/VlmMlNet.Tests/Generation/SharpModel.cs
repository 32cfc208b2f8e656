using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Generation;

/// <summary>Tiny models whose answers depend on all that they see: new weights repeat their last token, larger ones do not.</summary>
internal static class SharpModel
{
    /// <summary>A scale for comparisons of two implementations: answers still depend on all that the model sees, but what two orders of
    /// adding differ in, 1e-7, grows to 2e-5 of a log-probability only. At the default scale it grows to 2e-3 on some processors.</summary>
    public const double MildScale = 5;

    public static VisionLanguageModel Create(ulong seed = 3, double scale = 20)
    {
        var model = TinyModel.Create(seed);
        using var unrecorded = TorchSharp.torch.no_grad();
        foreach (var weight in model.Network.Language.parameters().Concat(model.Network.Projector.parameters()))
            weight.mul_((TorchSharp.Scalar)scale);
        return model;
    }

    public static RgbImage[] Pictures(int count) => [.. Enumerable.Range(0, count).Select(i => TinyModel.Picture((byte)(37 * i), (byte)(250 - 23 * i), (byte)(90 + 11 * i)))];

    public static string[] Prompts { get; } = ["what colour is it", "red", "a green picture Describe the image. blue", "blue", "a red picture", "Describe the image."];
}
