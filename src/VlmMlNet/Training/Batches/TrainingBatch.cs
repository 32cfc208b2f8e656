using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Batches;

/// <summary>Examples ready for one forward pass. Owns its pictures.</summary>
internal sealed class TrainingBatch(TokenBatch tokens, Tensor? pictures, int examples, int scoredTokens, StreamPosition next) : IDisposable
{
    /// <summary>Padded token ids and labels.</summary>
    public TokenBatch Tokens { get; } = tokens;

    /// <summary>[pictures, 3, H, W] on the CPU, or [pictures, patches, width] where features are given; null without pictures.</summary>
    public Tensor? Pictures { get; } = pictures;

    /// <summary>What of the features is not in their cache.</summary>
    public PendingFeatures? Pending { get; init; }

    /// <summary>What <see cref="Pictures"/> are.</summary>
    public PictureForm Form { get; init; }

    /// <summary>[pictures, patches, language width]; null without pictures.</summary>
    public Tensor? VisualTokens(VisionLanguageNetwork network, Device device) => Pictures?.to(device) is not { } pictures ? null : Form switch
    {
        // What a frozen encoder gives is what a column of its features would hold.
        PictureForm.Pixels => network.Vision.IsFrozen ? network.Projector.forward(PictureByPicture.Run(pictures, network.Vision.forward)) : network.VisualTokens(pictures),
        PictureForm.Patches => network.Projector.forward(pictures),
        _ => pictures,
    };

    /// <summary>Rows.</summary>
    public int Examples { get; } = examples;

    /// <summary>Tokens that are scored.</summary>
    public int ScoredTokens { get; } = scoredTokens;

    /// <summary>The place in the epoch behind these: where a resumed run continues.</summary>
    public StreamPosition Next { get; } = next;

    /// <summary>Examples that were left out before that place, by the run that read this batch.</summary>
    public long Skipped { get; init; }

    /// <summary>Computes the features that the cache has not.</summary>
    public void EncodeMissing(VisionLanguageNetwork network, Device device) => Pending?.Encode(network, device, Pictures!);

    public void Dispose()
    {
        Pictures?.Dispose();
        Pending?.Dispose();
    }
}
