using Microsoft.ML;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Parts;
using VlmMlNet.Runtime;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Saving;

/// <summary>Streams the weights of a part into a saved ML.NET model.</summary>
internal sealed class EntryWeightTarget(ModelSaveContext context) : IWeightTarget
{
    internal const string WholeEntry = "weights.safetensors", ReducedEntry = "weights.packed.safetensors";

    public void Save(nn.Module module) => ModelEntry.Write(context, WholeEntry, stream => SafetensorsWriter.Write(stream, ModuleWeights.Named(module)));

    public void Save(PackedWeights weights) => ModelEntry.Write(context, ReducedEntry, stream => PackedFile.Write(stream, weights));
}
