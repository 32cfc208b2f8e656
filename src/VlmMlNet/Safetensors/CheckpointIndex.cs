using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Safetensors;

/// <summary>Reads <c>model.safetensors.index.json</c>: which file of a sharded checkpoint holds which tensor.</summary>
internal static class CheckpointIndex
{
    /// <summary>The reference limit of a safetensors header, which lists the same names and more.</summary>
    private const int MaxLength = SafetensorsHeader.MaxLength;
    private const string Remedy = "The index is damaged: fetch it again, or save the model again.";

    /// <summary>Tensor name to file name. Every file name is a plain name, so that nothing outside the folder is read.</summary>
    /// <param name="path">The index.</param>
    public static Dictionary<string, string> Read(string path)
    {
        RegularFile.Check(path);
        long length = new FileInfo(path).Length;
        if (length > MaxLength)
            throw new MalformedInputException(path, $"it has {length} bytes; the limit is {MaxLength}", Remedy);
        var files = new Dictionary<string, string>();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw new MalformedInputException(path, "it is not a JSON object with an object 'weight_map'", Remedy);
            foreach (var pair in map.EnumerateObject())
            {
                string? file = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString() : null;
                if (file is null || file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || file.Contains('\0', StringComparison.Ordinal))
                    throw new MalformedInputException(path, $"tensor {TensorName.Quote(pair.Name)} is said to lie in {(file is null ? "something that is not a file name" : TensorName.Quote(file))}", "Only names of files in the same folder are allowed.");
                if (!files.TryAdd(pair.Name, file))
                    throw new MalformedInputException(path, $"it names tensor {TensorName.Quote(pair.Name)} twice", Remedy);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MalformedInputException(path, $"it is not valid JSON ({e.Message.TrimEnd('.')})", Remedy, innerException: e);
        }
        return files.Count > 0 ? files : throw new MalformedInputException(path, "its 'weight_map' names no tensor", Remedy);
    }
}
