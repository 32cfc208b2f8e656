using VlmMlNet.Models.Lora;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

/// <summary>Layers are found as PEFT finds them.</summary>
public sealed class LoraTargetsTests : IDisposable
{
    private readonly Qwen2ForCausalLM _model = new(TinyModel.Language with { VocabSize = 320, NumHiddenLayers = 12, TieWordEmbeddings = false }, ScalarType.Float32, META);

    public void Dispose() => _model.Dispose();

    private int Count(LoraTargets targets) => targets.Find(_model).Count;

    [Fact]
    public void Names_and_ends_of_names_and_all_linear_layers()
    {
        Assert.Equal(24, Count(new LoraTargets { Names = ["q_proj", "v_proj"] }));
        Assert.Equal(12, Count(new LoraTargets { Names = ["mlp.up_proj"] }));
        Assert.Equal(13, Count(new LoraTargets { Names = ["q_proj", "lm_head"] }));
        Assert.Equal(["model.layers.1.self_attn.k_proj"], new LoraTargets { Names = ["model.layers.1.self_attn.k_proj"] }.Find(_model).Select(t => t.Name));
        Assert.Equal(12 * 7, Count(new LoraTargets { Names = ["all-linear"] })); // all but the output layer
        Assert.Equal(12 * 7, Count(new LoraTargets { Pattern = "all-linear" }));
        Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Names = ["proj"] })); // no part of a name
    }

    [Fact]
    public void A_text_is_a_regular_expression_of_the_whole_name()
    {
        Assert.Equal(8, Count(new LoraTargets { Pattern = @".*\.[0-3]\.self_attn\.(q|v)_proj" }));
        Assert.Equal(4, Count(new LoraTargets { Pattern = @"model\.layers\.(?P<number>[0-3])\.(?!mlp).*k_proj" }));
        Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Pattern = "q_proj" }));
        Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Pattern = "(q_proj" }));
        Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Pattern = "(([a-z_.0-9]+)+)+!" }));
    }

    [Fact]
    public void Layers_are_left_out_by_name_and_by_number()
    {
        Assert.Equal(12, Count(new LoraTargets { Names = ["q_proj", "v_proj"], ExcludedNames = ["v_proj"] }));
        Assert.Equal(23, Count(new LoraTargets { Names = ["q_proj", "v_proj"], ExcludedPattern = @".*\.11\.self_attn\.q_proj" }));
        Assert.Equal(4, Count(new LoraTargets { Names = ["q_proj", "v_proj"], Layers = [1, 11] }));
        Assert.Equal(4, Count(new LoraTargets { Names = ["q_proj", "v_proj"], Layers = [1, 11], Stacks = ["layers"] }));
        Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Names = ["q_proj"], Layers = [1], Stacks = ["blocks"] }));
    }

    [Theory]
    [InlineData("norm")]
    [InlineData("self_attn")]
    [InlineData("embed_tokens")]
    public void What_is_no_linear_layer_is_refused_by_name(string target)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Count(new LoraTargets { Names = ["q_proj", target] }));
        Assert.Contains(target, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_encoder_has_names_of_its_own()
    {
        using var vision = new SiglipVisionModel(TinyModel.Vision with { UseHead = false }, ScalarType.Float32, META);
        Assert.Equal(2 * 6, new LoraTargets { Names = ["all-linear"] }.Find(vision).Count);
        Assert.Equal(4, new LoraTargets { Names = ["fc1", "out_proj"] }.Find(vision).Count);
    }

    [Fact]
    public void Ranks_and_scales_follow_the_first_pattern_that_a_name_ends_with()
    {
        var config = new LoraConfig
        {
            Rank = 4,
            Alpha = 8,
            RankPattern = [new("layers.1.self_attn.q_proj", 2), new("q_proj", 16), new("^model.layers.0.mlp.up_proj", 3)],
            AlphaPattern = [new("^q_proj", 1), new(@".*\.mlp\..*", 6)],
            Targets = new LoraTargets { Names = ["q_proj"] },
        };
        Assert.Equal(16, config.RankOf("model.layers.0.self_attn.q_proj"));
        Assert.Equal(2, config.RankOf("model.layers.1.self_attn.q_proj"));
        Assert.Equal(16, config.RankOf("model.layers.11.self_attn.q_proj"));
        Assert.Equal(3, config.RankOf("model.layers.0.mlp.up_proj"));
        Assert.Equal(4, config.RankOf("model.layers.10.mlp.up_proj"));
        Assert.Equal(8.0 / 16, config.ScalingOf("model.layers.0.self_attn.q_proj")); // "^q_proj" is the whole name or none
        Assert.Equal(6.0 / 3, config.ScalingOf("model.layers.0.mlp.up_proj"));
        Assert.Equal(8 / Math.Sqrt(4), (config with { IsRankStabilized = true }).ScalingOf("model.layers.0.self_attn.v_proj"));
    }
}
