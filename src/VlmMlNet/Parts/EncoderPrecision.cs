using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Parts;

/// <summary>Image encoder and projector in the precision that belongs to one of the language model: in bytes beside int8 and
/// int4, as they are beside the others.</summary>
internal static class EncoderPrecision
{
    /// <summary>Whether a precision asks for weights in bytes.</summary>
    public static bool IsBytes(WeightPrecision? precision) => precision is WeightPrecision.Int8 or WeightPrecision.Int4;

    /// <summary>An encoder for a precision: the given one, or one of its own. The caller holds it.</summary>
    /// <exception cref="InvalidOperationException">The given one is held in bytes, and floats are asked for.</exception>
    public static SharedModule<SiglipVisionModel> Of(SharedModule<SiglipVisionModel> given, WeightPrecision? precision) =>
        IsGiven(given.Module.Packed is not null, given.Module.Device.type, precision)
            ? given.Hold()
            : new SharedModule<SiglipVisionModel>(given.Run(module => SiglipVisionModel.Of(new PackedImageEncoder(ModelPacker.Pack(PackedVision.Factory(module.Config), module)))));

    /// <summary>A projector for a precision: the given one, or one of its own. The caller holds it.</summary>
    /// <exception cref="InvalidOperationException">The given one is held in bytes, and floats are asked for.</exception>
    public static SharedModule<MlpProjector> Of(SharedModule<MlpProjector> given, WeightPrecision? precision) =>
        IsGiven(given.Module.Packed is not null, given.Module.Device.type, precision)
            ? given.Hold()
            : new SharedModule<MlpProjector>(given.Run(module => MlpProjector.Of(new PackedProjection(ModelPacker.Pack(PackedProjector.Factory(module.Config), module)))));

    // A GPU keeps its floats: the kernels are the processor's.
    private static bool IsGiven(bool isPacked, TorchSharp.DeviceType device, WeightPrecision? precision)
    {
        if (isPacked && precision is not null && !IsBytes(precision))
            throw new InvalidOperationException($"Image encoder and projector are held in int8: they cannot be had in {PackedFile.Name(precision.Value)}. Use the model that they were made of.");
        return isPacked || !IsBytes(precision) || device != TorchSharp.DeviceType.CPU;
    }
}
