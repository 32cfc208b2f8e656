using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Pre-norm decoder layer: attention, then gated MLP, each added to its input.</summary>
internal sealed class Qwen2DecoderLayer : nn.Module
{
    public readonly Qwen2Attention self_attn;
    public readonly Qwen2Mlp mlp;
    public readonly RmsNormLayer input_layernorm;
    public readonly RmsNormLayer post_attention_layernorm;

    public Qwen2DecoderLayer(Qwen2Config config, int index, ScalarType dtype, Device device) : base(nameof(Qwen2DecoderLayer))
    {
        self_attn = new Qwen2Attention(config, index, dtype, device);
        mlp = new Qwen2Mlp(config, dtype, device);
        input_layernorm = new RmsNormLayer(config.HiddenSize, config.RmsNormEps, dtype, device);
        post_attention_layernorm = new RmsNormLayer(config.HiddenSize, config.RmsNormEps, dtype, device);
        RegisterComponents();
    }

    public Tensor Decode(Tensor x, Tensor cos, Tensor sin, Tensor? mask, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope(); // as in the image encoder's layers
        x = x.add(self_attn.Attend(input_layernorm.forward(x), cos, sin, mask, cache), LiveScalar.One);
        return x.add(mlp.forward(post_attention_layernorm.forward(x)), LiveScalar.One).MoveToOuterDisposeScope();
    }
}

/// <summary>SwiGLU: down(silu(gate(x)) * up(x)).</summary>
internal sealed class Qwen2Mlp : nn.Module<Tensor, Tensor>
{
    public readonly LinearLayer gate_proj;
    public readonly LinearLayer up_proj;
    public readonly LinearLayer down_proj;

    public Qwen2Mlp(Qwen2Config config, ScalarType dtype, Device device) : base(nameof(Qwen2Mlp))
    {
        gate_proj = new LinearLayer(config.HiddenSize, config.IntermediateSize, hasBias: false, dtype, device);
        up_proj = new LinearLayer(config.HiddenSize, config.IntermediateSize, hasBias: false, dtype, device);
        down_proj = new LinearLayer(config.IntermediateSize, config.HiddenSize, hasBias: false, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => down_proj.forward(nn.functional.silu(gate_proj.forward(x)) * up_proj.forward(x));
}
