using TorchSharp.Modules;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Runtime;
using VlmMlNet.Training.Batches;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>Gradients layer by layer: of the way forward only what enters each layer is kept, and on the way back each layer is
/// computed once more, with what its gradient needs (activation checkpointing).</summary>
/// <remarks>
/// One layer's activations are in memory at a time, where the plain way holds those of all layers, at the price of a second
/// way forward. Loss and gradients are the plain ones, in float32 to the last bit: the same operations are recorded on the same
/// numbers. Because a layer's gradients are complete when it is left, they may be used and freed there and then.
/// </remarks>
/// <param name="network">What is trained: parameters that ask for gradients get them.</param>
/// <param name="kind">The attention mask.</param>
/// <param name="leave">Receives the parameters of each layer when their gradients are complete.</param>
internal sealed class LayeredBackward(VisionLanguageNetwork network, AttentionMaskKind kind, Action<IEnumerable<Parameter>> leave)
{
    private readonly Qwen2Model _language = network.Language.model;

    /// <summary>Adds a batch's gradients to those of the parameters.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="pictures">Its pictures, where the weights lie; null without.</param>
    /// <param name="factor">What the sum of the losses is multiplied with.</param>
    /// <param name="isAccepted">Asked with the loss before the way back begins; false ends there.</param>
    /// <returns>The loss: the sum over the scored tokens, times the factor.</returns>
    public double Run(TrainingBatch batch, Tensor? pictures, double factor, Func<double, bool> isAccepted)
    {
        TorchThreads.Join();
        using var scope = NewDisposeScope();
        using var tied = new TiedGradient(network.Language);
        var vision = pictures is null ? null : new VisionTrace(network, batch, pictures, leave);
        Tensor embedded;
        using (no_grad())
            embedded = network.Embed(batch.Tokens, vision?.Tokens);
        var (mask, positions) = MultimodalDecoder.MaskAndPositions(batch.Tokens, kind, embedded.device);
        var (cos, sin) = _language.Angles(positions, embedded);
        var layers = new LayerStack([.. _language.layers.Select(layer => (layer, (Func<Tensor, Tensor>)(x => layer.Decode(x, cos, sin, mask, null))))], leave);
        var (loss, gradient) = Loss(batch, layers.Forward(embedded), factor, isAccepted);
        bool isTrained = !network.Language.IsFrozen || vision is { NeedsGradient: true };
        if (gradient is null || !isTrained) // text alone says nothing to a projector that is trained alone
            return loss;
        gradient = layers.Backward(gradient);
        BackThroughEmbedding(batch, vision, gradient);
        tied.Return();
        leave([_language.embed_tokens.weight]);
        return loss;
    }

    // The output layer is the widest of all: it is computed where tokens are scored, and in pieces.
    private (double Loss, Tensor? Gradient) Loss(TrainingBatch batch, Tensor last, double factor, Func<double, bool> isAccepted)
    {
        var (places, targets, _) = MultimodalDecoder.Scored(batch.Tokens);
        if (places.Length == 0)
            throw new ArgumentException("No token of the batch is scored.", nameof(batch));
        using var recorded = enable_grad();
        var leaf = last.detach().requires_grad_(true);
        var scored = _language.norm.forward(leaf).flatten(0, 1).index_select(0, tensor(places, device: last.device));
        var (loss, gradient) = OutputLoss.Run(network.Language, scored, targets, factor);
        if (!isAccepted(loss))
            return (loss, null);
        scored.backward([gradient]);
        leave([_language.norm.weight, .. network.Language.lm_head?.parameters() ?? []]);
        return (loss, leaf.grad);
    }

    private void BackThroughEmbedding(TrainingBatch batch, VisionTrace? vision, Tensor gradient)
    {
        using var recorded = enable_grad();
        var tokens = vision?.Tokens?.detach().requires_grad_(vision.NeedsGradient);
        var embedded = network.Embed(batch.Tokens, tokens);
        if (embedded.requires_grad)
            embedded.backward([gradient]);
        if (tokens?.grad is { } tokenGradient)
            vision!.Backward(tokenGradient);
    }
}
