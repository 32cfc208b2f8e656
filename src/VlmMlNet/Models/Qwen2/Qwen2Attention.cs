using VlmMlNet.Models.Layers;
using static TorchSharp.torch;

namespace VlmMlNet.Models.Qwen2;

/// <summary>Grouped-query attention: several query heads share one head of keys and values.</summary>
internal sealed class Qwen2Attention : nn.Module
{
    public readonly LinearLayer q_proj;
    public readonly LinearLayer k_proj;
    public readonly LinearLayer v_proj;
    public readonly LinearLayer o_proj;
    private readonly int _heads, _keyValueHeads, _headSize, _index;

    public Qwen2Attention(Qwen2Config config, int index, ScalarType dtype, Device device) : base(nameof(Qwen2Attention))
    {
        (_heads, _keyValueHeads, _headSize, _index) = (config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadSize, index);
        int width = config.HiddenSize, keyValueWidth = _keyValueHeads * _headSize;
        q_proj = new LinearLayer(width, width, hasBias: true, dtype, device);
        k_proj = new LinearLayer(width, keyValueWidth, hasBias: true, dtype, device);
        v_proj = new LinearLayer(width, keyValueWidth, hasBias: true, dtype, device);
        o_proj = new LinearLayer(width, width, hasBias: false, dtype, device);
        RegisterComponents();
    }

    public Tensor Attend(Tensor x, Tensor cos, Tensor sin, Tensor? mask, KeyValueCache? cache)
    {
        var q = RotaryEmbedding.Apply(SplitHeads(q_proj.forward(x), _heads), cos, sin);         // [B, H, T, D]
        var k = RotaryEmbedding.Apply(SplitHeads(k_proj.forward(x), _keyValueHeads), cos, sin); // [B, KV, T, D]
        var v = SplitHeads(v_proj.forward(x), _keyValueHeads);
        (q, k) = (q.to(v.dtype), k.to(v.dtype)); // the angles are float32 under mixed precision
        if (cache is not null)
            (k, v) = cache.Append(_index, k, v); // [B, KV, K, D]
        var attended = x.shape[1] == 1 ? AttendOneQuery(q, k, v, mask) : AttendManyQueries(q, k, v, mask);
        return o_proj.forward(attended.transpose(1, 2).flatten(2));
    }

    private Tensor AttendManyQueries(Tensor q, Tensor k, Tensor v, Tensor? mask) =>
        nn.functional.scaled_dot_product_attention(q, RepeatHeads(k), RepeatHeads(v), mask!);

    // The query heads of a group take the place of the query axis: no repeated copy of the cache.
    private Tensor AttendOneQuery(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        long batch = q.shape[0];
        var grouped = q.view(batch, _keyValueHeads, _heads / _keyValueHeads, _headSize);
        return nn.functional.scaled_dot_product_attention(grouped, k, v, mask!).reshape(batch, _heads, 1, _headSize);
    }

    private Tensor RepeatHeads(Tensor x)
    {
        int group = _heads / _keyValueHeads;
        return group == 1 ? x : x.unsqueeze(2).expand(x.shape[0], _keyValueHeads, group, x.shape[2], _headSize).flatten(1, 2);
    }

    private Tensor SplitHeads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, _headSize).transpose(1, 2);
}
