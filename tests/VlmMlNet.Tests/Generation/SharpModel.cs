using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Generation;

/// <summary>Tiny models whose answers depend on all that they see: new weights repeat their last token, larger ones do not.</summary>
internal static class SharpModel
{
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
