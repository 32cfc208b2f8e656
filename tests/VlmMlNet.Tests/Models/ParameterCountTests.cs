using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

public sealed class ParameterCountTests
{
    [Fact]
    public void The_paper_configuration_has_the_published_sizes()
    {
        using var vision = new SiglipVisionModel(SiglipVisionConfig.So400mPatch14At224, ScalarType.Float32, META);
        using var projector = new MlpProjector(ProjectorConfig.Paper, ScalarType.Float32, META);
        using var language = new Qwen2ForCausalLM(Qwen2Config.Qwen25Half, ScalarType.Float32, META);

        var counts = ParameterCounts.Of(new VisionLanguageNetwork(vision, projector, language));

        Assert.Equal(412_442_352, counts.Vision);
        Assert.Equal(494_032_768, counts.Language);
        Assert.Equal(18_359_936, counts.Projector);
        Assert.Equal(counts.Vision + counts.VisionHead + counts.Projector + counts.Language, counts.Total);
        Assert.Equal(256, vision.Config.PatchCount);
    }

    [Fact]
    public void A_projector_as_wide_as_the_language_model_has_under_two_million()
    {
        using var projector = new MlpProjector(new ProjectorConfig { VisionHiddenSize = 1152, HiddenSize = 896, TextHiddenSize = 896 }, ScalarType.Float32, META);
        Assert.Equal(1_836_800, projector.parameters().Sum(p => p.numel()));
    }
}
