using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Parts;
using VlmMlNet.Runtime;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Saving;

/// <summary>Streams the weights of a part out of a saved ML.NET model; a module goes to the context's device.</summary>
internal sealed class EntryWeightSource(IHostEnvironment environment, ModelLoadContext context) : IWeightSource
{
    public TModule LoadModule<TModule>(Func<Device, TModule> allocate) where TModule : nn.Module
    {
        TModule? module = null;
        try
        {
            string source = ModelEntry.DisplayName(context, EntryWeightTarget.WholeEntry);
            IReadOnlyDictionary<string, Tensor> tensors = new Dictionary<string, Tensor>();
            ModelEntry.Read(context, EntryWeightTarget.WholeEntry, stream => SafetensorsReader.Read(stream, source, header =>
            {
                // Settings that ask for more than the file has are found out on the device that allocates nothing.
                using (var shapes = Allocate(META, allocate))
                    TensorMatch.Check(source, ModuleWeights.Named(shapes).ToDictionary(), header.Tensors);
                module = Allocate(TorchDevice.For(environment.Register(nameof(SavedComponent))), allocate);
                tensors = ModuleWeights.Named(module).ToDictionary();
            }, (entry, bytes) => TensorBytes.Read(tensors[entry.Name], entry.DType, bytes, () => TensorName.BadBool(source, entry.Name))));
            return module!;
        }
        catch
        {
            module?.Dispose();
            throw;
        }
    }

    // What is saved reduced names its own shapes.
    public TWeights LoadReduced<TWeights>(WeightsFactory<TWeights> factory, Func<Device, nn.Module> shapes) where TWeights : PackedWeights
    {
        TWeights? weights = null;
        ModelEntry.Read(context, EntryWeightTarget.ReducedEntry, stream => weights = PackedFile.Read(stream, ModelEntry.DisplayName(context, EntryWeightTarget.ReducedEntry), factory));
        return weights!;
    }

    private TModule Allocate<TModule>(Device device, Func<Device, TModule> allocate) where TModule : nn.Module
    {
        try
        {
            return allocate(device);
        }
        catch (Exception e) when (device.type == TorchSharp.DeviceType.META && e is not MalformedInputException) // a shape that cannot be
        {
            throw new MalformedInputException(ModelEntry.SourceName(context), $"its settings describe a model that cannot be made ({e.Message.Split('\n')[0].TrimEnd('.')})",
                "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }
}
