using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace VlmMlNet.Components;

/// <summary>Chooses the device as ML.NET's own TorchSharp trainers do: by <c>MLContext.GpuDeviceId</c> and <c>FallbackToCpu</c>.</summary>
internal static class TorchDevice
{
    /// <summary>The GPU that the context names, else the CPU.</summary>
    /// <exception cref="InvalidOperationException">It names one that is not there, and FallbackToCpu is false.</exception>
    public static Device For(IHost host)
    {
        TorchRuntime.EnsureLoaded();
        var settings = (IHostEnvironmentInternal)host;
        if (settings.GpuDeviceId is not { } id)
            return CPU;
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (id >= 0 && id < count)
            return device(TorchSharp.DeviceType.CUDA, id);
        string problem = count == 0
            ? $"GpuDeviceId is {id}, but no CUDA device is available"
            : $"GpuDeviceId is {id}, but the CUDA devices are 0 to {count - 1}";
        if (!settings.FallbackToCpu)
            throw new InvalidOperationException(problem + ". Reference the package TorchSharp-cuda of your platform and check the driver, set MLContext.FallbackToCpu to true, or leave GpuDeviceId null to use the CPU.");
        using var channel = host.Start("Device");
        channel.Warning(problem + "; the CPU is used, because FallbackToCpu is true.");
        return CPU;
    }
}
