using TorchSharp;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.ModelFolders;

public sealed class HuggingFaceConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Absent_keys_have_hugging_faces_defaults()
    {
        Write("""{"model_type":"siglip_vision_model"}""");
        var (siglip, hasTextTower) = HuggingFaceConfig.SiglipVision(_folder.Path);
        Assert.False(hasTextTower);
        Assert.Equal((768, 3072, 12, 12, 3, 224, 16), (siglip.HiddenSize, siglip.IntermediateSize, siglip.NumHiddenLayers, siglip.NumAttentionHeads, siglip.NumChannels, siglip.ImageSize, siglip.PatchSize));
        Assert.Equal((1e-6, "gelu_pytorch_tanh", true), (siglip.LayerNormEps, siglip.HiddenAct, siglip.UseHead));

        Write("""{"model_type":"qwen2"}""");
        var qwen2 = HuggingFaceConfig.Qwen2(_folder.Path);
        Assert.Equal((151936, 4096, 22016, 32, 32, 32, 32768), (qwen2.VocabSize, qwen2.HiddenSize, qwen2.IntermediateSize, qwen2.NumHiddenLayers, qwen2.NumAttentionHeads, qwen2.NumKeyValueHeads, qwen2.MaxPositionEmbeddings));
        Assert.Equal((1e-6, 10000.0, false, "silu", 0.02), (qwen2.RmsNormEps, qwen2.RopeTheta, qwen2.TieWordEmbeddings, qwen2.HiddenAct, qwen2.InitializerRange));
    }

    [Fact]
    public void Present_keys_are_read()
    {
        Write("""
            {"model_type":"siglip_vision_model","hidden_size":64,"intermediate_size":136,"num_hidden_layers":3,"num_attention_heads":4,"num_channels":1,
             "image_size":56,"patch_size":14,"layer_norm_eps":1e-5,"hidden_act":"gelu","vision_use_head":false,"something_else":[1]}
            """);
        Assert.Equal(new SiglipVisionConfig { HiddenSize = 64, IntermediateSize = 136, NumHiddenLayers = 3, NumAttentionHeads = 4, NumChannels = 1, ImageSize = 56, PatchSize = 14, LayerNormEps = 1e-5, HiddenAct = "gelu", UseHead = false },
            HuggingFaceConfig.SiglipVision(_folder.Path).Config);

        Write("""
            {"model_type":"qwen2","vocab_size":512,"hidden_size":64,"intermediate_size":160,"num_hidden_layers":3,"num_attention_heads":4,"num_key_value_heads":2,
             "max_position_embeddings":256,"rms_norm_eps":1e-5,"rope_theta":1000000,"tie_word_embeddings":true,"hidden_act":"swish","head_dim":16,"sliding_window":null}
            """);
        Assert.Equal(new Qwen2Config { VocabSize = 512, HiddenSize = 64, IntermediateSize = 160, NumHiddenLayers = 3, NumAttentionHeads = 4, NumKeyValueHeads = 2, MaxPositionEmbeddings = 256, RmsNormEps = 1e-5, RopeTheta = 1e6, TieWordEmbeddings = true },
            HuggingFaceConfig.Qwen2(_folder.Path));
    }

    [Theory]
    [InlineData("""{"model_type":"siglip"}""", 768)]
    [InlineData("""{"model_type":"siglip","vision_config":null}""", 768)]
    [InlineData("""{"model_type":"siglip","hidden_size":5,"vision_config":{"hidden_size":96,"num_attention_heads":4},"text_config":{"hidden_size":7}}""", 96)]
    public void The_vision_tower_of_a_siglip_model_is_described_inside(string json, int hiddenSize)
    {
        Write(json);
        var (config, hasTextTower) = HuggingFaceConfig.SiglipVision(_folder.Path);
        Assert.True(hasTextTower);
        Assert.Equal(hiddenSize, config.HiddenSize);
    }

    [Theory]
    [InlineData("""{"rope_theta":5000}""", 5000)]
    [InlineData("""{"rope_theta":5000,"rope_scaling":null}""", 5000)]
    [InlineData("""{"rope_theta":5000,"rope_scaling":{"type":"default"}}""", 5000)]
    [InlineData("""{"rope_parameters":{"rope_theta":7000.5,"rope_type":"default"}}""", 7000.5)]
    [InlineData("""{"rope_theta":5000,"rope_parameters":{"rope_theta":7000,"rope_type":"default"}}""", 7000)]
    [InlineData("""{"rope_theta":5000,"rope_parameters":{"rope_type":"default","partial_rotary_factor":1.0}}""", 5000)]
    public void The_rotary_base_is_read_in_its_old_and_new_place(string json, double theta)
    {
        Write(Qwen2(json));
        Assert.Equal(theta, HuggingFaceConfig.Qwen2(_folder.Path).RopeTheta);
    }

    [Fact]
    public void Key_value_heads_of_null_are_as_many_as_heads()
    {
        Write("""{"model_type":"qwen2","num_attention_heads":8,"num_key_value_heads":null}""");
        Assert.Equal(8, HuggingFaceConfig.Qwen2(_folder.Path).NumKeyValueHeads);
    }

    [Theory]
    [InlineData("""{"use_sliding_window":false,"sliding_window":128}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":null}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":32768,"max_window_layers":0}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":128,"max_window_layers":32}""")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":128,"max_window_layers":0,"layer_types":["full_attention"]}""")]
    public void A_sliding_window_that_changes_nothing_is_accepted(string json)
    {
        Write(Qwen2(json));
        HuggingFaceConfig.Qwen2(_folder.Path);
    }

    [Theory]
    [InlineData("""{"torch_dtype":"float32"}""", torch.ScalarType.Float32)]
    [InlineData("""{"dtype":"bfloat16"}""", torch.ScalarType.BFloat16)]
    [InlineData("""{"dtype":"float16","torch_dtype":"float32"}""", torch.ScalarType.Float16)]
    [InlineData("""{"torch_dtype":"torch.bfloat16"}""", torch.ScalarType.BFloat16)]
    [InlineData("""{"torch_dtype":null}""", null)]
    [InlineData("{}", null)]
    public void The_stored_type_is_read_in_its_old_and_new_place(string json, torch.ScalarType? expected)
    {
        Write(json);
        Assert.Equal(expected, HuggingFaceConfig.StoredType(_folder.Path));
    }

    [Theory]
    [InlineData("""{"model_type":"siglp"}""", "model_type is \"siglp\"; supported are 'siglip_vision_model' and 'siglip'. Did you mean 'siglip'?")]
    [InlineData("""{"model_type":"clip_vision_model"}""", "model_type is \"clip_vision_model\"; supported are 'siglip_vision_model' and 'siglip'.")]
    [InlineData("""{"model_type":"qwen2"}""", "model_type is \"qwen2\"; supported are 'siglip_vision_model' and 'siglip'. This is the language model: the vision model's folder is expected here.")]
    [InlineData("""{"hidden_size":64}""", "model_type is absent; supported are 'siglip_vision_model' and 'siglip'. Fetch the model's own config.json.")]
    [InlineData("""{"model_type":7}""", "model_type is 7; it must be a text.")]
    [InlineData("""{"model_type":"\ud800"}""", "model_type is \"\\ud800\"; it must be a text.")]
    [InlineData("""{"\ud800":7}""", "")]
    [InlineData("""{"model_type":"siglip","vision_config":[]}""", "vision_config is []; it must be an object.")]
    [InlineData("""{"model_type":"siglip","vision_config":{"model_type":"clip_vision_model"}}""", "vision_config.model_type is \"clip_vision_model\"; supported is 'siglip_vision_model'.")]
    [InlineData("""{"model_type":"siglip","vision_config":{"hidden_size":-64}}""", "vision_config.hidden_size is -64; it must be a whole number from 1 to 131072.")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":0}""", "hidden_size is 0; it must be a whole number from 1 to 131072.")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":1e30}""", "hidden_size is 1e30; it must be a whole number")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":64.5}""", "hidden_size is 64.5; it must be a whole number")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":"64"}""", "hidden_size is \"64\"; it must be a whole number")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":null}""", "hidden_size is null; it must be a whole number")]
    [InlineData("""{"model_type":"siglip_vision_model","image_size":[224,224]}""", "image_size is [224,224]; it must be a whole number from 1 to 16384.")]
    [InlineData("""{"model_type":"siglip_vision_model","num_hidden_layers":2000000000}""", "num_hidden_layers is 2000000000; it must be a whole number from 1 to 1024.")]
    [InlineData("""{"model_type":"siglip_vision_model","num_attention_heads":5}""", "hidden_size 768 is not a multiple of num_attention_heads 5.")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":100}""", "hidden_size 100 is not a multiple of num_attention_heads 12, the default of an absent key.")]
    [InlineData("""{"model_type":"siglip_vision_model","patch_size":300}""", "patch_size 300 is larger than image_size 224.")]
    [InlineData("""{"model_type":"siglip_vision_model","layer_norm_eps":0}""", "layer_norm_eps is 0; it must be a number above zero.")]
    [InlineData("""{"model_type":"siglip_vision_model","vision_use_head":"no"}""", "vision_use_head is \"no\"; it must be true or false.")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_act":"gelu_pytorch_tnh"}""", "hidden_act is \"gelu_pytorch_tnh\"; supported are gelu_pytorch_tanh, gelu_new, gelu, quick_gelu, relu, silu. Did you mean 'gelu_pytorch_tanh'?")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_act":null}""", "hidden_act is null; it must be a text.")]
    [InlineData("""{"model_type":"siglip_vision_model","hidden_size":64,"hidden_size":64}""", "it is not valid JSON")]
    [InlineData("""{"model_type":"siglip_vision_model",}""", "it is not valid JSON")]
    [InlineData("[]", "it is not a JSON object. Fetch the model's config.json again.")]
    [InlineData("", "it is not valid JSON")]
    public void A_vision_configuration_that_is_wrong_or_unsupported_is_one_error(string json, string message)
    {
        string path = Write(json);
        var error = Assert.Throws<MalformedInputException>(() => HuggingFaceConfig.SiglipVision(_folder.Path));
        Assert.StartsWith($"{path}: {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type":"qwen3"}""", "model_type is \"qwen3\"; supported is 'qwen2'. Did you mean 'qwen2'?")]
    [InlineData("""{"model_type":"siglip"}""", "model_type is \"siglip\"; supported is 'qwen2'. This is the vision model: the language model's folder is expected here.")]
    [InlineData("""{"hidden_act":"gelu"}""", "hidden_act is \"gelu\"; supported is silu.")]
    [InlineData("""{"rope_scaling":{"type":"yarn","factor":4.0}}""", "rope_scaling is {\"type\":\"yarn\",\"factor\":4.0}; supported is the unscaled rotary embedding: null or the type 'default'.")]
    [InlineData("""{"rope_scaling":{"factor":4.0}}""", "rope_scaling is {\"factor\":4.0}; supported is the unscaled")]
    [InlineData("""{"rope_parameters":{"rope_type":"linear","factor":2}}""", "rope_parameters is {\"rope_type\":\"linear\",\"factor\":2}; supported is the unscaled")]
    [InlineData("""{"rope_parameters":{"rope_type":"default","partial_rotary_factor":0.5}}""", "rope_parameters.partial_rotary_factor is 0.5; supported is 1.")]
    [InlineData("""{"rope_theta":-1}""", "rope_theta is -1; it must be a number above zero.")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":128,"max_window_layers":2}""", "use_sliding_window is true; sliding-window attention (here over 128 of 32768 positions) is not supported. Set it to false if no sequence will be longer than 128 tokens")]
    [InlineData("""{"use_sliding_window":true,"layer_types":["full_attention","sliding_attention"]}""", "use_sliding_window is true; sliding-window attention (here over 4096")]
    [InlineData("""{"layer_types":["linear_attention"]}""", "layer_types holds 'linear_attention'; supported is 'full_attention'.")]
    [InlineData("""{"hidden_size":4100}""", "hidden_size 4100 is not a multiple of num_attention_heads 32, the default of an absent key.")]
    [InlineData("""{"num_attention_heads":8}""", "num_attention_heads 8 is not a multiple of num_key_value_heads 32, the default of an absent key.")]
    [InlineData("""{"num_key_value_heads":5}""", "num_attention_heads 32 is not a multiple of num_key_value_heads 5.")]
    [InlineData("""{"hidden_size":96}""", "hidden_size 96 over num_attention_heads 32 gives the odd head size 3, which rotary embeddings cannot turn in pairs.")]
    [InlineData("""{"head_dim":64}""", "head_dim is 64; supported is hidden_size over num_attention_heads, here 128.")]
    [InlineData("""{"vocab_size":100000000000}""", "vocab_size is 100000000000; it must be a whole number from 1 to 16777216.")]
    [InlineData("""{"quantization_config":{"quant_method":"awq"}}""", "quantization_config is {\"quant_method\":\"awq\"}; quantized weights are not supported. Use the model's unquantized weights.")]
    public void A_language_configuration_that_is_wrong_or_unsupported_is_one_error(string json, string message)
    {
        string path = Write(json.Contains("model_type", StringComparison.Ordinal) ? json : Qwen2(json));
        var error = Assert.Throws<MalformedInputException>(() => HuggingFaceConfig.Qwen2(_folder.Path));
        Assert.StartsWith($"{path}: {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_stored_type_is_an_error()
    {
        string path = Write("""{"dtype":"int4"}""");
        Assert.Equal($"{path}: dtype is \"int4\"; supported are float32, bfloat16, float16 and float64.", Assert.Throws<MalformedInputException>(() => HuggingFaceConfig.StoredType(_folder.Path)).Message);
    }

    [Fact]
    public void Two_thousand_damaged_configurations_are_read_or_refused_but_never_break_anything()
    {
        string[] good =
        [
            """{"model_type":"siglip","vision_config":{"hidden_size":64,"num_attention_heads":4,"hidden_act":"gelu","layer_norm_eps":1e-6,"vision_use_head":true}}""",
            """{"model_type":"qwen2","hidden_size":64,"num_attention_heads":4,"num_key_value_heads":null,"rope_parameters":{"rope_theta":1e6,"rope_type":"default"},"layer_types":["full_attention"],"dtype":"float32"}""",
        ];
        const string Alphabet = "{}[]\",:-0123456789eE.\\untflr\u00e9 ";
        var random = new Random(11);
        int accepted = 0, refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            var json = new System.Text.StringBuilder(good[i % 2]);
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(json.Length);
                if (random.Next(3) == 0)
                    json.Remove(at, Math.Min(json.Length - at, random.Next(1, 12)));
                else
                    json.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                if (json.Length == 0)
                    json.Append('{');
            }
            string path = Write(json.ToString());
            try
            {
                if (i % 2 == 0)
                    HuggingFaceConfig.SiglipVision(_folder.Path);
                else
                    HuggingFaceConfig.Qwen2(_folder.Path);
                HuggingFaceConfig.StoredType(_folder.Path);
                accepted++;
            }
            catch (MalformedInputException e)
            {
                Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(accepted > 50 && refused > 1000, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void A_missing_configuration_is_named() =>
        Assert.StartsWith($"There is no file {_folder.File("config.json")}.", Assert.Throws<FileNotFoundException>(() => HuggingFaceConfig.Qwen2(_folder.Path)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var siglip = new SiglipVisionConfig { HiddenSize = 60, NumAttentionHeads = 5, LayerNormEps = 1.25e-5, UseHead = false, HiddenAct = "relu" };
        _folder.Write("config.json", HuggingFaceConfigWriter.ToJson(siglip, torch.ScalarType.BFloat16));
        Assert.Equal(siglip, HuggingFaceConfig.SiglipVision(_folder.Path).Config);
        Assert.Equal(torch.ScalarType.BFloat16, HuggingFaceConfig.StoredType(_folder.Path));

        var qwen2 = Qwen2Config.Qwen25Half with { InitializerRange = 0.123 };
        _folder.Write("config.json", HuggingFaceConfigWriter.ToJson(qwen2, torch.ScalarType.Float32));
        Assert.Equal(qwen2, HuggingFaceConfig.Qwen2(_folder.Path));
    }

    private string Write(string json) => _folder.Write("config.json", json);

    private static string Qwen2(string json) => """{"model_type":"qwen2",""" + json[1..];
}
