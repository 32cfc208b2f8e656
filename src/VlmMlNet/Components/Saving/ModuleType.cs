using static TorchSharp.torch;

namespace VlmMlNet.Components.Saving;

/// <summary>What a module's weights are made of.</summary>
internal static class ModuleType
{
    /// <summary>The element type.</summary>
    public static ScalarType Of(nn.Module module) => module.parameters().First().dtype;

    /// <summary>Where they lie.</summary>
    public static Device DeviceOf(nn.Module module) => module.parameters().First().device;
}
