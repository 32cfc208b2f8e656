using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>The weights of a part in a model's folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="part">The part.</param>
/// <param name="checkpoint">The parts' weights in full; null where this one's were saved reduced.</param>
/// <param name="device">Where a module goes.</param>
internal sealed class FolderWeightSource(string folder, PartFiles part, Checkpoint? checkpoint, Device device) : IWeightSource
{
    public TModule LoadModule<TModule>(Func<Device, TModule> allocate) where TModule : nn.Module =>
        ModuleWeights.Create(allocate, checkpoint!, device, part.Prefix);

    public TWeights LoadReduced<TWeights>(WeightsFactory<TWeights> factory, Func<Device, nn.Module> shapes) where TWeights : PackedWeights
    {
        if (checkpoint is null)
            return PackedFile.Map(Path.Combine(folder, part.ReducedName), factory);
        using (var expected = shapes(META))
            ModuleWeights.Match(expected, checkpoint, part.Prefix);
        return ModelPacker.Pack(factory, name => checkpoint.Read(part.Prefix + name));
    }
}
