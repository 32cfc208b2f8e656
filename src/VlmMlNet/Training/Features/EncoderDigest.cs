using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Features;

/// <summary>The SHA-256 of all that decides what an image encoder makes of a picture's bytes.</summary>
internal static class EncoderDigest
{
    /// <summary>32 bytes.</summary>
    /// <param name="vision">The encoder.</param>
    /// <param name="processor">What pictures become before it.</param>
    /// <param name="precision">How features are kept.</param>
    public static byte[] Of(SiglipVisionModel vision, ImageProcessor processor, WeightPrecision precision)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(JsonSerializer.Serialize(new
        {
            Version = 1,
            vision.Config,
            Processor = processor.Config,
            processor.Decoder,
            Precision = precision,
            Decoding = typeof(SkiaSharp.SKBitmap).Assembly.GetName().Version?.ToString(),
            Computing = typeof(Tensor).Assembly.GetName().Version?.ToString(),
            Device = vision.vision_model.post_layernorm.weight.device_type.ToString(),
        }));
        using var unrecorded = no_grad();
        foreach (var (name, parameter) in vision.named_parameters().Where(p => !p.name.StartsWith("vision_model.head.", StringComparison.Ordinal)).OrderBy(p => p.name, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            Add($"{name} {parameter.dtype} {string.Join('x', parameter.shape)}");
            var values = parameter.detach().cpu().contiguous();
            sha.AppendData(MemoryMarshal.AsBytes(values.bytes));
        }
        return sha.GetHashAndReset();

        void Add(string text) => sha.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
