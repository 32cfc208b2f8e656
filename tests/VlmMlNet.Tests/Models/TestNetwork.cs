using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Tests.Models;

/// <summary>A language model in a network whose image parts are too small to matter.</summary>
internal sealed class TestNetwork : IDisposable
{
    private readonly SiglipVisionModel _vision = new(new SiglipVisionConfig { HiddenSize = 4, IntermediateSize = 4, NumHiddenLayers = 1, NumAttentionHeads = 1, ImageSize = 2, PatchSize = 2 });
    private readonly MlpProjector _projector;

    public TestNetwork(Qwen2ForCausalLM language)
    {
        _projector = new MlpProjector(new ProjectorConfig { VisionHiddenSize = 4, HiddenSize = 4, TextHiddenSize = language.Config.HiddenSize });
        Network = new VisionLanguageNetwork(_vision, _projector, language);
    }

    public VisionLanguageNetwork Network { get; }

    public void Dispose()
    {
        _vision.Dispose();
        _projector.Dispose();
    }
}
