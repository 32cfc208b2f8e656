using TorchSharp.Modules;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Training.Batches;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Backward;

/// <summary>The way of a batch's pictures through encoder and projector, and back.</summary>
internal sealed class VisionTrace
{
    private readonly VisionLanguageNetwork _network;
    private readonly Action<IEnumerable<Parameter>> _leave;
    private readonly Tensor _pictures;
    private readonly LayerStack? _layers;
    private readonly Tensor? _encoded, _patches;

    /// <summary>Goes forward.</summary>
    /// <param name="network">The parts.</param>
    /// <param name="batch">Says what the pictures are.</param>
    /// <param name="pictures">Pixels, features or visual tokens.</param>
    /// <param name="leave">Receives parameters whose gradients are complete.</param>
    public VisionTrace(VisionLanguageNetwork network, TrainingBatch batch, Tensor pictures, Action<IEnumerable<Parameter>> leave)
    {
        (_network, _pictures, _leave) = (network, pictures, leave);
        using var unrecorded = no_grad();
        if (batch.Form == PictureForm.Pixels && !network.Vision.IsFrozen)
        {
            _layers = new LayerStack([.. Transformer.encoder.layers.Select(layer => (layer, (Func<Tensor, Tensor>)layer.forward))], leave);
            _encoded = _layers.Forward(Transformer.embeddings.Embed(pictures, interpolatePositions: false));
            _patches = Transformer.post_layernorm.forward(_encoded);
        }
        else if (batch.Form != PictureForm.VisualTokens)
            _patches = batch.Form == PictureForm.Pixels ? PictureByPicture.Run(pictures, network.Vision.forward) : pictures;
        Tokens = _patches is null ? pictures : network.Projector.forward(_patches);
    }

    /// <summary>[pictures, patches, language width].</summary>
    public Tensor Tokens { get; }

    /// <summary>Whether anything on this way is trained.</summary>
    public bool NeedsGradient => _layers is not null || (_patches is not null && _network.Projector.linear_1.weight.requires_grad);

    private SiglipVisionTransformer Transformer => _network.Vision.vision_model;

    /// <summary>Goes back.</summary>
    /// <param name="gradient">Of <see cref="Tokens"/>.</param>
    public void Backward(Tensor gradient)
    {
        using var recorded = enable_grad();
        var patches = _patches!.detach().requires_grad_(_layers is not null);
        _network.Projector.forward(patches).backward([gradient]);
        _leave(_network.Projector.parameters());
        if (_layers is null)
            return;
        var encoded = _encoded!.detach().requires_grad_(true);
        Transformer.post_layernorm.forward(encoded).backward([patches.grad!]);
        _leave(Transformer.post_layernorm.parameters());
        gradient = _layers.Backward(encoded.grad!);
        var embedded = Transformer.embeddings.Embed(_pictures, interpolatePositions: false);
        if (embedded.requires_grad) // adapters leave it as it is
            embedded.backward([gradient]);
        _leave(Transformer.embeddings.parameters());
    }
}
