using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>The activations that the supported checkpoints name in config.json.</summary>
internal static class Activation
{
    public const string GeluTanh = "gelu_pytorch_tanh", Gelu = "gelu", QuickGelu = "quick_gelu", Relu = "relu", Silu = "silu";

    private static readonly TorchSharp.Scalar s_quickGelu = 1.702;

    public static void Check(string name)
    {
        if (name is not (GeluTanh or Gelu or "gelu_new" or QuickGelu or Relu or Silu))
            throw new ArgumentException($"The activation '{name}' is not supported; known are {GeluTanh}, gelu_new, {Gelu}, quick_gelu, relu and {Silu}.");
    }

    public static Tensor Apply(string name, Tensor x) => name switch
    {
        GeluTanh or "gelu_new" => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        Gelu => nn.functional.gelu(x),
        QuickGelu => x * sigmoid(x.mul(s_quickGelu)),
        Relu => nn.functional.relu(x),
        _ => nn.functional.silu(x),
    };
}
