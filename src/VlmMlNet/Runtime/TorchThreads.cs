using static TorchSharp.torch;

namespace VlmMlNet.Runtime;

/// <summary>How many threads libtorch uses.</summary>
internal static class TorchThreads
{
    /// <summary>Lets this thread have the number of threads that was set for the process.</summary>
    /// <remarks>
    /// The number belongs to each thread, and libtorch hands it to a new one only when that meets the first operation that libtorch
    /// itself divides. Matrix products before it, which MKL divides, run on all cores, whatever was set: with other last bits on some
    /// processors than the same product has a moment later. Asking for the number hands it over at once.
    /// </remarks>
    public static void Join() => _ = get_num_threads();
}
