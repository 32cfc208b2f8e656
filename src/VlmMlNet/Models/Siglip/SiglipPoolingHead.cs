using TorchSharp.Modules;
using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Siglip;

/// <summary>SigLIP's attention pool: a learned query attends over the patches, then a residual MLP.</summary>
internal sealed class SiglipPoolingHead : nn.Module<Tensor, Tensor>
{
    public readonly Parameter probe; // [1, 1, D]
    public readonly PackedAttention attention;
    public readonly NormLayer layernorm;
    public readonly SiglipMlp mlp;

    public SiglipPoolingHead(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipPoolingHead))
    {
        probe = FrozenParameter.Of(empty([1, 1, config.HiddenSize], dtype, device));
        attention = new PackedAttention(config, dtype, device);
        layernorm = new NormLayer(config.HiddenSize, config.LayerNormEps, dtype, device);
        mlp = new SiglipMlp(config, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor patches)
    {
        var query = probe.expand(patches.shape[0], 1, patches.shape[2]);
        var x = attention.Attend(query, patches); // [B, 1, D]
        return x.add(mlp.forward(layernorm.forward(x)), LiveScalar.One).squeeze(1);
    }
}

/// <summary>PyTorch's MultiheadAttention layout: query, key and value weights stacked in one matrix.</summary>
internal sealed class PackedAttention : nn.Module
{
    public readonly Parameter in_proj_weight; // [3 D, D]
    public readonly Parameter in_proj_bias;   // [3 D]
    public readonly LinearLayer out_proj;
    private readonly int _heads;

    public PackedAttention(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(PackedAttention))
    {
        in_proj_weight = FrozenParameter.Of(empty([3 * config.HiddenSize, config.HiddenSize], dtype, device));
        in_proj_bias = FrozenParameter.Of(empty([3 * config.HiddenSize], dtype, device));
        out_proj = new LinearLayer(config.HiddenSize, config.HiddenSize, hasBias: true, dtype, device);
        _heads = config.NumAttentionHeads;
        RegisterComponents();
    }

    public Tensor Attend(Tensor query, Tensor keysAndValues)
    {
        var q = Project(query, 0);
        var k = Project(keysAndValues, 1);
        var v = Project(keysAndValues, 2);
        return out_proj.forward(nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2));
    }

    private Tensor Project(Tensor x, int part)
    {
        long width = in_proj_weight.shape[1];
        var y = nn.functional.linear(x, in_proj_weight.narrow(0, part * width, width), in_proj_bias.narrow(0, part * width, width));
        return y.view(y.shape[0], y.shape[1], _heads, -1).transpose(1, 2); // [B, heads, N, D / heads]
    }
}
