using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>Matrix products in another type than the weights have, while it is entered: on the thread that entered it.</summary>
/// <remarks>
/// What PyTorch's autocast does in bfloat16: linear layers and attention compute in <see cref="Type"/>; residual sums, norms,
/// softmax, rotary angles and losses stay in float32. Weights that are trained are converted each time, so that their gradients
/// are float32; frozen ones once, and kept until the end.
/// </remarks>
internal sealed class MixedPrecision(ScalarType type) : IDisposable
{
    [ThreadStatic]
    private static MixedPrecision? s_current;
    private readonly Dictionary<nint, Tensor> _frozen = [];

    /// <summary>The type of products.</summary>
    public ScalarType Type { get; } = type;

    /// <summary>What is entered on this thread; null where products have the weights' type.</summary>
    public static MixedPrecision? Current => s_current;

    /// <summary>Enters it until the result is disposed.</summary>
    /// <param name="precision">Null to leave all as it is.</param>
    public static IDisposable Enter(MixedPrecision? precision)
    {
        var entered = new Entered(s_current);
        s_current = precision;
        return entered;
    }

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="x">[.., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public static Tensor Linear(Tensor x, Parameter weight, Parameter? bias) => s_current is not { } current
        ? nn.functional.linear(x, weight, bias!)
        : nn.functional.linear(x.to(current.Type), current.Convert(weight), bias is null ? null! : current.Convert(bias));

    /// <summary>What flows between layers: float32 where products are of another type than weights, else as it is.</summary>
    public static Tensor Stream(Tensor x) => s_current is null ? x : x.to(ScalarType.Float32);

    /// <summary>A weight that is multiplied or added outside of products, in the type of <paramref name="x"/>.</summary>
    public static Tensor Beside(Tensor weight, Tensor x) => weight.dtype == x.dtype ? weight : weight.to(x.dtype);

    public void Dispose()
    {
        foreach (var tensor in _frozen.Values)
            tensor.Dispose();
        _frozen.Clear();
    }

    // Parameters only: a passing tensor would leave its handle to another one.
    private Tensor Convert(Parameter weight)
    {
        if (weight.dtype == Type)
            return weight;
        if (weight.requires_grad)
            return weight.to(Type);
        if (!_frozen.TryGetValue(weight.Handle, out var converted))
            _frozen[weight.Handle] = converted = weight.detach().to(Type).DetachFromDisposeScope();
        return converted;
    }

    private sealed class Entered(MixedPrecision? before) : IDisposable
    {
        public void Dispose() => s_current = before;
    }
}
