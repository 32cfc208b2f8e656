using VlmMlNet.Cpu.Weights;
using static TorchSharp.torch;

namespace VlmMlNet.Parts;

/// <summary>Where the weights of a part are kept.</summary>
internal interface IWeightTarget
{
    /// <summary>Keeps a module's weights.</summary>
    void Save(nn.Module module);

    /// <summary>Keeps reduced weights, in the layout that they have.</summary>
    void Save(PackedWeights weights);
}
