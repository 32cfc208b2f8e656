using VlmMlNet.Models.Layers;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Qwen2's decoder with its output layer. Its parameters have the names of Hugging Face's <c>Qwen2ForCausalLM</c>
/// (<c>model.layers.0.self_attn.q_proj.weight</c>, ...); <c>lm_head.weight</c> exists only when it is not tied.</summary>
public sealed class Qwen2ForCausalLM : nn.Module<Tensor, Tensor>
{
    internal readonly Qwen2Model model;
    internal readonly LinearLayer? lm_head;

    /// <summary>Allocates the model; its weights are undefined until they are loaded or initialised.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="dtype">Type of the weights. Default float32.</param>
    /// <param name="device">Where the weights lie. Default CPU.</param>
    /// <exception cref="ArgumentException">The shape contradicts itself.</exception>
    public Qwen2ForCausalLM(Qwen2Config config, ScalarType dtype = ScalarType.Float32, Device? device = null) : base(nameof(Qwen2ForCausalLM))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check();
        Config = config;
        model = new Qwen2Model(config, dtype, device ?? CPU);
        lm_head = config.TieWordEmbeddings ? null : new LinearLayer(config.HiddenSize, config.VocabSize, hasBias: false, dtype, device ?? CPU);
        RegisterComponents();
    }

    /// <summary>The shape.</summary>
    public Qwen2Config Config { get; }

    /// <summary>Whether nothing in it is trained.</summary>
    internal bool IsFrozen => !parameters().Any(p => p.requires_grad);

    internal TorchSharp.Modules.Parameter OutputWeight => lm_head?.weight ?? model.embed_tokens.weight;

    /// <summary>Next-token logits of whole, unpadded sequences under the causal mask.</summary>
    /// <param name="x">Token ids [B, T], int64.</param>
    /// <returns>[B, T, VocabSize].</returns>
    public override Tensor forward(Tensor x)
    {
        Shape.Check(x, nameof(x), -1, -1);
        long length = x.shape[1];
        var positions = arange(length, ScalarType.Int64, x.device).unsqueeze(0);
        var ones = Ones(x.shape[0], length, x.device);
        using var mask = AttentionMask.FromSteps(ones.cumsum(1), valid: null);
        return Logits(Hidden(Embed(x), positions, mask));
    }

    /// <summary>Embeddings of token ids.</summary>
    /// <param name="tokenIds">[..], int64, each from 0 to VocabSize - 1.</param>
    /// <returns>[.., HiddenSize].</returns>
    public Tensor Embed(Tensor tokenIds) => model.embed_tokens.forward(tokenIds);

    /// <summary>Runs the decoder layers and the last norm.</summary>
    /// <param name="inputsEmbeds">[B, T, HiddenSize].</param>
    /// <param name="positionIds">Positions for the rotary embedding, [B, T] or [1, T], int64.</param>
    /// <param name="mask">Which key each query may see, bool [B, 1, T, K] or [1, 1, T, K]; null: all of them. Every query must see one key.</param>
    /// <param name="cache">Keys and values of the tokens before; receives those of these tokens. K = cached + T.</param>
    /// <param name="hiddenStates">Receives the embeddings, every layer's output but the last's, and the final result, as Hugging Face returns them.</param>
    /// <returns>[B, T, HiddenSize].</returns>
    public Tensor Hidden(Tensor inputsEmbeds, Tensor positionIds, Tensor? mask, KeyValueCache? cache = null, ICollection<Tensor>? hiddenStates = null)
    {
        Shape.Check(inputsEmbeds, nameof(inputsEmbeds), -1, -1, Config.HiddenSize);
        Shape.Check(positionIds, nameof(positionIds), -1, inputsEmbeds.shape[1]);
        if (mask is not null)
            Shape.Check(mask, nameof(mask), -1, 1, inputsEmbeds.shape[1], inputsEmbeds.shape[1] + (cache?.Length ?? 0));
        return model.Hidden(inputsEmbeds, positionIds, mask, cache, hiddenStates);
    }

    /// <summary>The output layer.</summary>
    /// <param name="hidden">[.., HiddenSize].</param>
    /// <returns>[.., VocabSize].</returns>
    public Tensor Logits(Tensor hidden) => lm_head?.forward(hidden) ?? MixedPrecision.Linear(hidden, OutputWeight, null);

    private static Tensor Ones(long batch, long length, Device device) => ones([batch, length], ScalarType.Int64, device);
}
