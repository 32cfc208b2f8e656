using TorchSharp.Modules;
using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>Lets the two gradients of a matrix that is both the embeddings and the output layer meet before they are added to
/// those of earlier batches, as they do on the plain way: sums in another order have other last bits.</summary>
internal sealed class TiedGradient : IDisposable
{
    private readonly Parameter? _weight;
    private Tensor? _earlier;

    public TiedGradient(Qwen2ForCausalLM language)
    {
        _weight = language.lm_head is null ? language.model.embed_tokens.weight : null;
        _earlier = _weight?.grad;
        if (_earlier is not null)
            _weight!.grad = null;
    }

    /// <summary>Adds the batch's gradient to the earlier ones. Left out, the batch's is forgotten.</summary>
    public void Return()
    {
        using var unrecorded = no_grad();
        if (_earlier is not null && _weight!.grad is { } added)
            _earlier.add_(added);
    }

    public void Dispose()
    {
        if (_earlier is not null)
            _weight!.grad = _earlier;
        _earlier = null;
    }
}
