using VlmMlNet.Cpu.Weights;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Keeps the weights of a part in a model's folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="part">The part.</param>
/// <param name="whole">Receives what goes into <c>model.safetensors</c>; reduced weights are written at once.</param>
internal sealed class FolderWeightTarget(string folder, PartFiles part, List<KeyValuePair<string, Tensor>> whole) : IWeightTarget
{
    public void Save(nn.Module module) => whole.AddRange(ModuleWeights.Named(module, part.Prefix));

    public void Save(PackedWeights weights) => PackedFile.Write(Path.Combine(folder, part.ReducedName), weights);
}
