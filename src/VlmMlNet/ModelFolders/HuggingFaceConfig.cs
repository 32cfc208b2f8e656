using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.ModelFolders;

/// <summary>Reads the shape of a model from Hugging Face's config.json. Absent keys have Hugging Face's defaults; what would
/// change the computation in a way that the models here do not have is an error.</summary>
internal static class HuggingFaceConfig
{
    public const string FileName = "config.json";
    public const string SiglipVisionType = "siglip_vision_model", SiglipType = "siglip", Qwen2Type = "qwen2";
    public const int MaxWidth = 1 << 17;
    private const int MaxLayers = 1024, MaxHeads = 4096, MaxImageSide = 1 << 14, MaxVocabulary = 1 << 24;

    /// <summary>The vision tower of a <c>siglip_vision_model</c> or <c>siglip</c> folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The shape, and whether the weights hold a text tower beside it.</returns>
    public static (SiglipVisionConfig Config, bool HasTextTower) SiglipVision(string folder)
    {
        var root = ConfigSection.Open(Path.Combine(folder, FileName));
        bool hasTextTower = CheckModelType(root, SiglipVisionType, SiglipType) == SiglipType;
        RefuseQuantized(root);
        // A SiglipModel whose vision tower has only defaults may lack the object.
        var vision = !hasTextTower ? root : root.Section("vision_config");
        if (vision is not null)
            RefuseQuantized(vision);
        if (vision is null)
            return (new SiglipVisionConfig(), hasTextTower);
        if (hasTextTower && vision.Text("model_type") is not (null or SiglipVisionType))
            throw vision.Bad("model_type", $"supported is '{SiglipVisionType}'.");
        return (SiglipVision(vision), hasTextTower);
    }

    /// <summary>The shape of a vision tower, from the object that describes it.</summary>
    /// <param name="vision">A whole config.json or its <c>vision_config</c>.</param>
    public static SiglipVisionConfig SiglipVision(ConfigSection vision)
    {
        var defaults = new SiglipVisionConfig();
        var config = new SiglipVisionConfig
        {
            HiddenSize = vision.Size("hidden_size", defaults.HiddenSize, MaxWidth),
            IntermediateSize = vision.Size("intermediate_size", defaults.IntermediateSize, MaxWidth),
            NumHiddenLayers = vision.Size("num_hidden_layers", defaults.NumHiddenLayers, MaxLayers),
            NumAttentionHeads = vision.Size("num_attention_heads", defaults.NumAttentionHeads, MaxHeads),
            NumChannels = vision.Size("num_channels", defaults.NumChannels, 1024),
            ImageSize = vision.Size("image_size", defaults.ImageSize, MaxImageSide),
            PatchSize = vision.Size("patch_size", defaults.PatchSize, MaxImageSide),
            LayerNormEps = vision.Positive("layer_norm_eps", defaults.LayerNormEps),
            HiddenAct = Activation(vision, defaults.HiddenAct, Models.Activation.GeluTanh, "gelu_new", Models.Activation.Gelu, "quick_gelu", "relu", Models.Activation.Silu),
            UseHead = vision.Flag("vision_use_head", defaults.UseHead),
        };
        CheckDivides(vision, "hidden_size", config.HiddenSize, "num_attention_heads", config.NumAttentionHeads);
        if (config.PatchSize > config.ImageSize)
            throw vision.Problem($"patch_size {config.PatchSize} is larger than image_size {config.ImageSize}");
        return config;
    }

    /// <summary>A <c>qwen2</c> folder.</summary>
    /// <param name="folder">The folder.</param>
    public static Qwen2Config Qwen2(string folder)
    {
        var root = ConfigSection.Open(Path.Combine(folder, FileName));
        CheckModelType(root, Qwen2Type);
        RefuseQuantized(root);
        return GenerationConfigFile.Apply(Qwen2(root), folder);
    }

    /// <summary>The shape of a language model, from the object that describes it.</summary>
    /// <param name="root">A whole config.json or its <c>text_config</c>.</param>
    public static Qwen2Config Qwen2(ConfigSection root)
    {
        var defaults = new Qwen2Config();
        int heads = root.Size("num_attention_heads", defaults.NumAttentionHeads, MaxHeads);
        var config = new Qwen2Config
        {
            VocabSize = root.Size("vocab_size", defaults.VocabSize, MaxVocabulary),
            HiddenSize = root.Size("hidden_size", defaults.HiddenSize, MaxWidth),
            IntermediateSize = root.Size("intermediate_size", defaults.IntermediateSize, MaxWidth),
            NumHiddenLayers = root.Size("num_hidden_layers", defaults.NumHiddenLayers, MaxLayers),
            NumAttentionHeads = heads,
            // Null means no grouping; absent means the default, as in Hugging Face's Qwen2Config.
            NumKeyValueHeads = root.IsNull("num_key_value_heads") ? heads : root.Size("num_key_value_heads", defaults.NumKeyValueHeads, MaxHeads),
            MaxPositionEmbeddings = root.Size("max_position_embeddings", defaults.MaxPositionEmbeddings, int.MaxValue),
            RmsNormEps = root.Positive("rms_norm_eps", defaults.RmsNormEps),
            RopeTheta = RopeTheta(root, defaults.RopeTheta),
            TieWordEmbeddings = root.Flag("tie_word_embeddings", defaults.TieWordEmbeddings),
            HiddenAct = Activation(root, defaults.HiddenAct, Models.Activation.Silu),
            InitializerRange = root.Positive("initializer_range", defaults.InitializerRange),
        };
        CheckDivides(root, "hidden_size", config.HiddenSize, "num_attention_heads", heads);
        CheckDivides(root, "num_attention_heads", heads, "num_key_value_heads", config.NumKeyValueHeads);
        if (config.HeadSize % 2 != 0)
            throw root.Problem($"hidden_size {config.HiddenSize} over num_attention_heads {heads} gives the odd head size {config.HeadSize}, which rotary embeddings cannot turn in pairs");
        if (root.Has("head_dim") && !root.IsNull("head_dim") && root.Size("head_dim", 0, MaxWidth) != config.HeadSize)
            throw root.Bad("head_dim", $"supported is hidden_size over num_attention_heads, here {config.HeadSize}.");
        RefuseSlidingWindow(root, config);
        return config with { Generation = GenerationConfigFile.ReadConfig(root, config.VocabSize) };
    }

    /// <summary>The type that the weights were saved in (<c>dtype</c> or, before transformers 4.56, <c>torch_dtype</c>);
    /// null when the file does not say.</summary>
    /// <param name="folder">The folder.</param>
    public static ScalarType? StoredType(string folder) => StoredType(ConfigSection.Open(Path.Combine(folder, FileName)));

    /// <summary>The same, of the object that describes a model.</summary>
    /// <param name="root">A whole config.json or its <c>vision_config</c> or <c>text_config</c>.</param>
    public static ScalarType? StoredType(ConfigSection root)
    {
        string key = root.Text("dtype") is null ? "torch_dtype" : "dtype";
        return root.Text(key)?.Replace("torch.", "", StringComparison.Ordinal) switch
        {
            null or "auto" => null,
            "float32" or "float" => ScalarType.Float32,
            "bfloat16" => ScalarType.BFloat16,
            "float16" or "half" => ScalarType.Float16,
            "float64" or "double" => ScalarType.Float64,
            _ => throw root.Bad(key, "supported are float32, bfloat16, float16 and float64."),
        };
    }

    private static string CheckModelType(ConfigSection root, params string[] supported)
    {
        string list = string.Join(" and ", supported.Select(type => $"'{type}'"));
        string? type = root.Text("model_type");
        if (type is not null && supported.Contains(type))
            return type;
        string? remedy = type switch
        {
            null => "Fetch the model's own config.json.",
            Qwen2Type => "This is the language model: the vision model's folder is expected here.",
            SiglipType or SiglipVisionType => "This is the vision model: the language model's folder is expected here.",
            _ => TensorName.Nearest(type, supported) is string near ? $"Did you mean '{near}'?" : null,
        };
        throw root.Bad("model_type", $"supported {(supported.Length == 1 ? "is" : "are")} {list}.", remedy);
    }

    private static string Activation(ConfigSection section, string absent, params string[] supported)
    {
        string name = section.IsNull("hidden_act") ? throw section.Bad("hidden_act", "it must be a text.") : section.Text("hidden_act") ?? absent;
        if (name == "swish") // its older name
            name = Models.Activation.Silu;
        return supported.Contains(name) ? name : throw section.Bad("hidden_act", $"supported {(supported.Length == 1 ? "is" : "are")} {string.Join(", ", supported)}.",
            TensorName.Nearest(name, supported) is string near ? $"Did you mean '{near}'?" : null);
    }

    // rope_theta and rope_scaling became one object, rope_parameters, in transformers 5; both are accepted.
    private static double RopeTheta(ConfigSection root, double absent)
    {
        double theta = root.Positive("rope_theta", absent);
        foreach (string key in (string[])["rope_scaling", "rope_parameters"])
        {
            if (root.Section(key) is not ConfigSection rope)
                continue;
            string? type = rope.Text("rope_type") ?? rope.Text("type");
            if (type is not (null or "default") || (type is null && rope.Has("factor")))
                throw root.Bad(key, "supported is the unscaled rotary embedding: null or the type 'default'.");
            if (rope.Has("partial_rotary_factor") && rope.Positive("partial_rotary_factor", 1) != 1)
                throw rope.Bad("partial_rotary_factor", "supported is 1.");
            theta = rope.Positive("rope_theta", theta);
        }
        return theta;
    }

    // A window as long as the model's context, or on no layer, changes nothing and is accepted.
    private static void RefuseSlidingWindow(ConfigSection root, Qwen2Config config)
    {
        var layerTypes = root.Texts("layer_types");
        if (layerTypes?.FirstOrDefault(type => type is not ("full_attention" or "sliding_attention")) is string unknown)
            throw root.Problem($"layer_types holds {TensorName.Quote(unknown)}; supported is 'full_attention'");
        if (!root.Flag("use_sliding_window", false) || root.IsNull("sliding_window"))
            return;
        int window = root.Size("sliding_window", 4096, int.MaxValue);
        bool isUsed = layerTypes?.Contains("sliding_attention") ?? root.Whole("max_window_layers", 28, 0, int.MaxValue) < config.NumHiddenLayers;
        if (isUsed && window < config.MaxPositionEmbeddings)
            throw root.Bad("use_sliding_window", $"sliding-window attention (here over {window} of {config.MaxPositionEmbeddings} positions) is not supported.",
                $"Set it to false if no sequence will be longer than {window} tokens: the results are then the same.");
    }

    private static void RefuseQuantized(ConfigSection root)
    {
        foreach (string key in (string[])["quantization_config", "compression_config"])
        {
            if (root.Has(key) && !root.IsNull(key))
                throw root.Bad(key, "quantized weights are not supported.", "Use the model's unquantized weights.");
        }
    }

    private static void CheckDivides(ConfigSection section, string wholeKey, int whole, string partKey, int part)
    {
        if (whole % part != 0)
            throw section.Problem($"{wholeKey} {whole} is not a multiple of {partKey} {part}{(section.Has(partKey) ? "" : ", the default of an absent key")}");
    }
}
