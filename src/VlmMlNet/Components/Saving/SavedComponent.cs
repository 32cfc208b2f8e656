using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Files;
using VlmMlNet.Runtime;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Saving;

/// <summary>How the transformers lie in a saved ML.NET model: settings as JSON text, weights as safetensors.</summary>
internal static class SavedComponent
{
    private const string WeightsEntry = "weights.safetensors", PackedEntry = "weights.packed.safetensors";

    private static readonly JsonSerializerOptions s_json = new()
    {
        IgnoreReadOnlyProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The header. It names this assembly without its version, so that later versions load what earlier ones saved.</summary>
    /// <param name="modelSignature">Exactly 8 characters.</param>
    /// <param name="loaderSignature">At most 24 characters, as in the class's LoadableClass attribute.</param>
    public static VersionInfo Version(string modelSignature, string loaderSignature) => new(modelSignature,
        verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(SavedComponent).Assembly.GetName().Name, loaderSignature: loaderSignature);

    public static void SaveSettings<T>(ModelSaveContext context, VersionInfo version, T settings)
    {
        context.CheckAtModel();
        context.SetVersionInfo(version);
        context.SaveNonEmptyString(JsonSerializer.Serialize(settings, s_json));
    }

    public static T LoadSettings<T>(IHostEnvironment environment, ModelLoadContext context, VersionInfo version)
    {
        Contracts.CheckValue(environment, nameof(environment));
        environment.CheckValue(context, nameof(context));
        TorchRuntime.EnsureLoaded(); // everything that is loaded by these settings needs it
        context.CheckAtModel(version);
        string json = context.LoadNonEmptyString();
        try
        {
            return JsonSerializer.Deserialize<T>(json, s_json) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or NotSupportedException or FormatException)
        {
            throw new MalformedInputException(ModelEntry.SourceName(context), $"the settings of {version.LoaderSignature} cannot be read ({ErrorMessage.Of(e)})",
                "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }

    /// <summary>Streams a module's weights into the model.</summary>
    public static void SaveWeights(ModelSaveContext context, nn.Module module) =>
        ModelEntry.Write(context, WeightsEntry, stream => SafetensorsWriter.Write(stream, ModuleWeights.Named(module)));

    /// <summary>Streams packed weights into the model.</summary>
    public static void SavePacked(ModelSaveContext context, PackedWeights weights) =>
        ModelEntry.Write(context, PackedEntry, stream => PackedFile.Write(stream, weights));

    /// <summary>Streams packed weights out of the model.</summary>
    public static TWeights LoadPacked<TWeights>(ModelLoadContext context, WeightsFactory<TWeights> create) where TWeights : PackedWeights
    {
        TWeights? packed = null;
        ModelEntry.Read(context, PackedEntry, stream => packed = PackedFile.Read(stream, ModelEntry.DisplayName(context, PackedEntry), create));
        return packed!;
    }

    /// <summary>Allocates a module once, on the context's device, and streams its weights into it.</summary>
    public static TModule LoadWeights<TModule>(IHostEnvironment environment, ModelLoadContext context, Func<Device, TModule> allocate) where TModule : nn.Module
    {
        TModule? module = null;
        try
        {
            string source = ModelEntry.DisplayName(context, WeightsEntry);
            IReadOnlyDictionary<string, Tensor> tensors = new Dictionary<string, Tensor>();
            ModelEntry.Read(context, WeightsEntry, stream => SafetensorsReader.Read(stream, source, header =>
            {
                // Settings that ask for more than the file has are found out on the device that allocates nothing.
                using (var shapes = Allocate(META, allocate, ModelEntry.SourceName(context)))
                    TensorMatch.Check(source, ModuleWeights.Named(shapes).ToDictionary(), header.Tensors);
                module = Allocate(TorchDevice.For(environment.Register(nameof(SavedComponent))), allocate, ModelEntry.SourceName(context));
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

    /// <summary>Runs what checks settings, so that its errors are the file's.</summary>
    public static T Checked<T>(ModelLoadContext context, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new MalformedInputException(ModelEntry.SourceName(context), $"its settings cannot be used ({ErrorMessage.Of(e)})", "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }

    private static TModule Allocate<TModule>(Device device, Func<Device, TModule> allocate, string source) where TModule : nn.Module
    {
        try
        {
            return allocate(device);
        }
        catch (Exception e) when (device.type == TorchSharp.DeviceType.META && e is not MalformedInputException) // a shape that cannot be
        {
            throw new MalformedInputException(source, $"its settings describe a model that cannot be made ({e.Message.Split('\n')[0].TrimEnd('.')})", "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }
}
