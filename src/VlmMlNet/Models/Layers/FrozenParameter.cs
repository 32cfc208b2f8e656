using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Layers;

/// <summary>Makes the parameters of modules.</summary>
internal static class FrozenParameter
{
    /// <summary>A parameter that needs no gradient until training asks for it, and that lives as long as its module,
    /// whatever dispose scope the module is made in.</summary>
    public static Parameter Of(Tensor data)
    {
        var parameter = new Parameter(data, requires_grad: false);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
