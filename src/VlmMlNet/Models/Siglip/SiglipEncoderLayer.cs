using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Siglip;

/// <summary>Pre-norm transformer layer: attention, then MLP, each added to its input.</summary>
internal sealed class SiglipEncoderLayer : nn.Module<Tensor, Tensor>
{
    public readonly NormLayer layer_norm1;
    public readonly SiglipAttention self_attn;
    public readonly NormLayer layer_norm2;
    public readonly SiglipMlp mlp;

    public SiglipEncoderLayer(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipEncoderLayer))
    {
        layer_norm1 = new NormLayer(config.HiddenSize, config.LayerNormEps, dtype, device);
        self_attn = new SiglipAttention(config, dtype, device);
        layer_norm2 = new NormLayer(config.HiddenSize, config.LayerNormEps, dtype, device);
        mlp = new SiglipMlp(config, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        // What lies between goes at once, not with the last layer's; what a gradient needs is held by the gradient.
        using var scope = NewDisposeScope();
        x = x.add(self_attn.forward(layer_norm1.forward(x)), LiveScalar.One);
        return x.add(mlp.forward(layer_norm2.forward(x)), LiveScalar.One).MoveToOuterDisposeScope();
    }
}

/// <summary>Two linear layers around an activation.</summary>
internal sealed class SiglipMlp : nn.Module<Tensor, Tensor>
{
    public readonly LinearLayer fc1;
    public readonly LinearLayer fc2;
    private readonly string _activation;

    public SiglipMlp(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipMlp))
    {
        fc1 = new LinearLayer(config.HiddenSize, config.IntermediateSize, hasBias: true, dtype, device);
        fc2 = new LinearLayer(config.IntermediateSize, config.HiddenSize, hasBias: true, dtype, device);
        _activation = config.HiddenAct;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fc2.forward(Activation.Apply(_activation, fc1.forward(x)));
}

/// <summary>Multi-head self-attention of every patch over every patch.</summary>
internal sealed class SiglipAttention : nn.Module<Tensor, Tensor>
{
    public readonly LinearLayer k_proj;
    public readonly LinearLayer v_proj;
    public readonly LinearLayer q_proj;
    public readonly LinearLayer out_proj;
    private readonly int _heads;

    public SiglipAttention(SiglipVisionConfig config, ScalarType dtype, Device device) : base(nameof(SiglipAttention))
    {
        k_proj = new LinearLayer(config.HiddenSize, config.HiddenSize, hasBias: true, dtype, device);
        v_proj = new LinearLayer(config.HiddenSize, config.HiddenSize, hasBias: true, dtype, device);
        q_proj = new LinearLayer(config.HiddenSize, config.HiddenSize, hasBias: true, dtype, device);
        out_proj = new LinearLayer(config.HiddenSize, config.HiddenSize, hasBias: true, dtype, device);
        _heads = config.NumAttentionHeads;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var q = SplitHeads(q_proj.forward(x)); // [B, heads, N, D / heads]
        var k = SplitHeads(k_proj.forward(x));
        var v = SplitHeads(v_proj.forward(x));
        var attended = nn.functional.scaled_dot_product_attention(q, k, v);
        return out_proj.forward(attended.transpose(1, 2).flatten(2));
    }

    private Tensor SplitHeads(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}
