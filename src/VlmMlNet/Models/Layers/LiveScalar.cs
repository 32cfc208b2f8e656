using TorchSharp;

namespace VlmMlNet.Models.Layers;

/// <summary>Scalars that are never collected.</summary>
/// <remarks>TorchSharp turns a number into a native Scalar and passes its handle without keeping the object alive: a garbage
/// collection in that moment frees it under the running operation. So what runs millions of times passes scalars that
/// something holds.</remarks>
internal static class LiveScalar
{
    /// <summary>1, the factor that an addition has when none is given: <c>a + b</c> makes one anew each time.</summary>
    public static Scalar One { get; } = 1;

}
