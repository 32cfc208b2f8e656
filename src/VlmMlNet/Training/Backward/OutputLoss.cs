using VlmMlNet.Models.Qwen2;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>The output layer and the cross-entropy over it, some tokens at a time: logits are as wide as the vocabulary.</summary>
internal static class OutputLoss
{
    /// <summary>Tokens at a time. With 151,936 logits a token these take 300 MB, and as much again for their gradient.</summary>
    public const int Piece = 512;

    /// <summary>Adds to the output layer's gradient.</summary>
    /// <param name="language">The language model.</param>
    /// <param name="hidden">What enters the output layer, [tokens, width].</param>
    /// <param name="targets">The right token of each.</param>
    /// <param name="factor">What the sum of the losses is multiplied with.</param>
    /// <returns>The loss, and the gradient of <paramref name="hidden"/>.</returns>
    public static (double Loss, Tensor Gradient) Run(Qwen2ForCausalLM language, Tensor hidden, long[] targets, double factor)
    {
        var leaf = hidden.detach().requires_grad_(true);
        double total = 0;
        for (int start = 0; start < targets.Length; start += Piece)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(Piece, targets.Length - start);
            var logits = language.Logits(leaf.narrow(0, start, count)).to(ScalarType.Float32);
            var losses = nn.functional.cross_entropy(logits, tensor(targets.AsSpan(start, count).ToArray(), device: logits.device), reduction: nn.Reduction.None);
            using TorchSharp.Scalar share = factor;
            var loss = losses.sum().mul(share);
            loss.backward();
            total += loss.item<float>();
        }
        return (total, leaf.grad!);
    }
}
