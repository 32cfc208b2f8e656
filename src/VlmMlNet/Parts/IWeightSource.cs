using VlmMlNet.Cpu.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>Where the weights of a part come from.</summary>
internal interface IWeightSource
{
    /// <summary>Makes a module and fills it.</summary>
    /// <param name="allocate">Makes the module on a device; called with the meta device first, to compare shapes before memory is taken.</param>
    /// <exception cref="MalformedInputException">The weights are damaged or those of another model.</exception>
    TModule LoadModule<TModule>(Func<Device, TModule> allocate) where TModule : nn.Module;

    /// <summary>Makes reduced weights.</summary>
    /// <param name="factory">Chooses the formats.</param>
    /// <param name="shapes">Makes the module that has them in full on the meta device, where they are reduced only now.</param>
    /// <exception cref="MalformedInputException">The weights are damaged or those of another model.</exception>
    TWeights LoadReduced<TWeights>(WeightsFactory<TWeights> factory, Func<Device, nn.Module> shapes) where TWeights : PackedWeights;
}
