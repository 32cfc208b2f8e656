using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>Examples ready for one forward pass. Owns its pixels.</summary>
internal sealed class TrainingBatch(TokenBatch tokens, Tensor? pixels, int examples, int scoredTokens, long nextExample) : IDisposable
{
    /// <summary>Padded token ids and labels.</summary>
    public TokenBatch Tokens { get; } = tokens;

    /// <summary>[pictures, 3, H, W] on the CPU; null without pictures.</summary>
    public Tensor? Pixels { get; } = pixels;

    /// <summary>Rows.</summary>
    public int Examples { get; } = examples;

    /// <summary>Tokens that are scored.</summary>
    public int ScoredTokens { get; } = scoredTokens;

    /// <summary>Number in its epoch of the example after these: where a resumed run continues.</summary>
    public long NextExample { get; } = nextExample;

    public void Dispose() => Pixels?.Dispose();
}
