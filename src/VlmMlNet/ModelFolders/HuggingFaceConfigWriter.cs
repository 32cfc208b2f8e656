using System.Text.Json;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Writes the shape of a model as Hugging Face's config.json, every key explicitly.</summary>
internal static class HuggingFaceConfigWriter
{
    private const string SiglipVisionType = "siglip_vision_model", Qwen2Type = "qwen2";

    public static byte[] ToJson(SiglipVisionConfig config, ScalarType dtype) => Write("SiglipVisionModel", SiglipVisionType, dtype, json => WriteShape(json, config));

    public static byte[] ToJson(Qwen2Config config, ScalarType dtype) => Write("Qwen2ForCausalLM", Qwen2Type, dtype, json => WriteShape(json, config));

    /// <summary>A whole vision-language model: the two shapes as objects, and what is written besides.</summary>
    /// <param name="modelType">Its <c>model_type</c>.</param>
    /// <param name="vision">Shape of the image encoder, and the type of its weights.</param>
    /// <param name="language">Shape of the language model, and the type of its weights.</param>
    /// <param name="writeRest">Writes further properties.</param>
    public static byte[] ToJson(string modelType, (SiglipVisionConfig Config, ScalarType Type) vision, (Qwen2Config Config, ScalarType Type) language, Action<Utf8JsonWriter> writeRest) =>
        Write(nameof(VisionLanguageModel), modelType, language.Type, json =>
        {
            WriteSection("vision_config", SiglipVisionType, vision.Type, () => WriteShape(json, vision.Config));
            WriteSection("text_config", Qwen2Type, language.Type, () => WriteShape(json, language.Config));
            writeRest(json);

            void WriteSection(string key, string type, ScalarType dtype, Action writeShape)
            {
                json.WriteStartObject(key);
                json.WriteString("model_type", type);
                json.WriteString("torch_dtype", Name(dtype));
                writeShape();
                json.WriteEndObject();
            }
        });

    private static void WriteShape(Utf8JsonWriter json, SiglipVisionConfig config)
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
    }

    private static void WriteShape(Utf8JsonWriter json, Qwen2Config config)
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
        GenerationConfigFile.WriteTokens(json, config.Generation);
    }

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
            json.WriteString("torch_dtype", Name(dtype));
            writeShape(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>A type's name that old and new versions of transformers read.</summary>
    public static string Name(ScalarType dtype) => dtype switch
    {
        ScalarType.BFloat16 => "bfloat16",
        ScalarType.Float16 => "float16",
        ScalarType.Float64 => "float64",
        _ => "float32",
    };
}
