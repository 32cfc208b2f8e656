using System.Text.Json;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Weights;

/// <summary>Writes the shape of a model as Hugging Face's config.json, every key explicitly.</summary>
internal static class HuggingFaceConfigWriter
{
    public static byte[] ToJson(SiglipVisionConfig config, ScalarType dtype) => Write("SiglipVisionModel", "siglip_vision_model", dtype, json =>
    {
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.NumHiddenLayers);
        json.WriteNumber("num_attention_heads", config.NumAttentionHeads);
        json.WriteNumber("num_channels", config.NumChannels);
        json.WriteNumber("image_size", config.ImageSize);
        json.WriteNumber("patch_size", config.PatchSize);
        json.WriteNumber("layer_norm_eps", config.LayerNormEps);
        json.WriteString("hidden_act", config.HiddenAct);
        json.WriteBoolean("vision_use_head", config.UseHead);
    });

    public static byte[] ToJson(Qwen2Config config, ScalarType dtype) => Write("Qwen2ForCausalLM", "qwen2", dtype, json =>
    {
        json.WriteNumber("vocab_size", config.VocabSize);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.NumHiddenLayers);
        json.WriteNumber("num_attention_heads", config.NumAttentionHeads);
        json.WriteNumber("num_key_value_heads", config.NumKeyValueHeads);
        json.WriteNumber("max_position_embeddings", config.MaxPositionEmbeddings);
        json.WriteNumber("rms_norm_eps", config.RmsNormEps);
        json.WriteNumber("rope_theta", config.RopeTheta);
        json.WriteNull("rope_scaling");
        json.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
        json.WriteString("hidden_act", config.HiddenAct);
        json.WriteNumber("initializer_range", config.InitializerRange);
        json.WriteBoolean("use_sliding_window", false);
    });

    private static byte[] Write(string architecture, string modelType, ScalarType dtype, Action<Utf8JsonWriter> writeShape)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(architecture);
            json.WriteEndArray();
            json.WriteString("model_type", modelType);
            json.WriteString("torch_dtype", dtype switch // the name that old and new versions of transformers read
            {
                ScalarType.BFloat16 => "bfloat16",
                ScalarType.Float16 => "float16",
                ScalarType.Float64 => "float64",
                _ => "float32",
            });
            writeShape(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
