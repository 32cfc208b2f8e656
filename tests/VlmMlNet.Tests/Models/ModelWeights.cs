using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

/// <summary>The weights of a model by name, with <c>vision.</c>, <c>projector.</c> or <c>language.</c> before it.</summary>
internal static class ModelWeights
{
    /// <summary>The weights themselves.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Of(VisionLanguageModel model) =>
        [.. ModuleWeights.Named(model.Network.Vision, "vision."), .. ModuleWeights.Named(model.Network.Projector, "projector."), .. ModuleWeights.Named(model.Network.Language, "language.")];

    /// <summary>Copies of them as they are now.</summary>
    public static Dictionary<string, Tensor> Snapshot(VisionLanguageModel model) => Of(model).ToDictionary(w => w.Key, w => w.Value.detach().clone());

    /// <summary>Fails where a weight has other bits.</summary>
    public static void AssertSame(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual) =>
        Assert.All(expected, w => Assert.True(TensorAssert.BitEqual(w.Value, actual[w.Key]), w.Key));
}
