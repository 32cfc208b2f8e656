using TorchSharp;
using TorchSharp.Modules;
using VlmMlNet.Models;
using VlmMlNet.Models.Layers;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backbones;

/// <summary>The text side of contrastive training: a bidirectional transformer, its mean over the text, and SigLIP's
/// learned scale and bias of the similarities.</summary>
internal sealed class ContrastiveTextTower : nn.Module
{
    public readonly Qwen2Model model;
    public readonly LinearLayer projection;
    public readonly Parameter logit_scale;
    public readonly Parameter logit_bias;

    public ContrastiveTextTower(int vocabularySize, int width, int heads, int layers, ulong seed, Device device) : base(nameof(ContrastiveTextTower))
    {
        var config = new Qwen2Config
        {
            VocabSize = vocabularySize,
            HiddenSize = width,
            IntermediateSize = 2 * width,
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            NumKeyValueHeads = heads,
            TieWordEmbeddings = true,
        };
        using var drawn = new Qwen2ForCausalLM(config, ScalarType.Float32, device);
        WeightInitializer.Initialize(drawn, seed);
        model = new Qwen2Model(config, ScalarType.Float32, device);
        projection = new LinearLayer(width, width, hasBias: true, ScalarType.Float32, device);
        logit_scale = FrozenParameter.Of(tensor(MathF.Log(10), device: device)); // SigLIP's start values
        logit_bias = FrozenParameter.Of(tensor(-10f, device: device));
        RegisterComponents();
        using var unrecorded = no_grad();
        foreach (var (from, to) in drawn.model.parameters().Zip(model.parameters()))
            to.copy_(from);
        projection.weight.copy_(eye(width, device: device));
        projection.bias!.zero_();
    }

    /// <summary>Unit vectors [B, width] of padded texts.</summary>
    public Tensor Encode(TokenBatch batch)
    {
        var device = projection.weight.device;
        var ids = tensor(batch.TokenIds, [batch.Batch, batch.Length], device: device);
        var valid = tensor(batch.Valid, [batch.Batch, batch.Length], device: device);
        var mask = AttentionMask.Create(AttentionMaskKind.Bidirectional, batch.Batch, batch.Length, batch.Valid, batch.ImageBlock, device);
        var positions = arange(batch.Length, ScalarType.Int64, device).unsqueeze(0);
        var hidden = model.Hidden(model.embed_tokens.forward(ids), positions, mask, cache: null, hiddenStates: null);
        var weights = valid.unsqueeze(-1).to(hidden.dtype);
        var mean = (hidden * weights).sum(1) / weights.sum(1);
        return nn.functional.normalize(projection.forward(mean));
    }

    /// <summary>SigLIP's loss (Zhai et al. 2023): each picture-text pair of the batch is a yes/no question of its own.</summary>
    public Tensor Loss(Tensor images, Tensor texts)
    {
        var logits = (images.matmul(texts.t()) * logit_scale.exp()).add(logit_bias, LiveScalar.One);      // [B, B]
        var pairs = eye(images.shape[0], device: images.device);
        var signs = pairs.add(pairs, LiveScalar.One).add(ones_like(pairs).neg(), LiveScalar.One);          // +1 on the diagonal, else -1
        using Scalar scale = -1.0 / images.shape[0];
        return nn.functional.logsigmoid(signs * logits).sum().mul(scale);
    }
}
