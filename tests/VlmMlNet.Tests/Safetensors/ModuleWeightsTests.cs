using TorchSharp;
using VlmMlNet.Models;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

public sealed class ModuleWeightsTests : IDisposable
{
    private static readonly ProjectorConfig s_config = new() { VisionHiddenSize = 4, HiddenSize = 6, TextHiddenSize = 5 };
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly List<Checkpoint> _open = [];

    public void Dispose()
    {
        _open.ForEach(checkpoint => checkpoint.Dispose());
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_module_loads_what_another_saved_under_a_prefix()
    {
        var saved = Projector(1);
        ModuleWeights.Save(saved, _folder.File("model.safetensors"), prefix: "projector.");
        using var checkpoint = Checkpoint.OpenFolder(_folder.Path);
        Assert.Contains("projector.linear_1.weight", checkpoint.Names);
        var loaded = Projector(2);
        ModuleWeights.Load(loaded, checkpoint, prefix: "projector.");
        foreach (var (name, tensor) in ModuleWeights.Named(saved))
            SafetensorsBytes.AssertSame(tensor, loaded.state_dict()[name]);
    }

    [Fact]
    public void Tensors_without_the_prefix_are_somebody_elses()
    {
        var tensors = ModuleWeights.Named(Projector(1), "p.").Append(KeyValuePair.Create("q.other", ones(1)));
        ModuleWeights.Load(Projector(2), Open([.. tensors]), prefix: "p.");
        var error = Assert.Throws<MalformedInputException>(() => ModuleWeights.Load(Projector(2), Open([.. tensors])));
        Assert.Contains("9 tensors do not fit the model: 'linear_1.weight' is missing (there is 'p.linear_1.weight')", error.Message, StringComparison.Ordinal);
        Assert.Contains("; and 4 more. The weights belong to another model or configuration.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_copied_when_something_does_not_fit()
    {
        var loaded = Projector(2);
        var before = loaded.state_dict().ToDictionary(t => t.Key, t => SafetensorsBytes.Of(t.Value));
        KeyValuePair<string, Tensor>[] tensors = [.. ModuleWeights.Named(Projector(1)).SkipLast(1), KeyValuePair.Create("linear_2.bais", ones(5))];
        var error = Assert.Throws<MalformedInputException>(() => ModuleWeights.Load(loaded, Open(tensors)));
        Assert.Contains("2 tensors do not fit the model: 'linear_2.bias' is missing (there is 'linear_2.bais'); 'linear_2.bais' is unexpected (did you mean 'linear_2.bias'?).", error.Message, StringComparison.Ordinal);
        foreach (var (name, tensor) in loaded.state_dict())
            Assert.Equal(before[name], SafetensorsBytes.Of(tensor));
    }

    [Fact]
    public void Another_shape_is_an_error_that_names_both()
    {
        var other = new MlpProjector(s_config with { TextHiddenSize = 7 });
        WeightInitializer.Initialize(other, 1);
        var error = Assert.Throws<MalformedInputException>(() => ModuleWeights.Load(Projector(2), Open([.. ModuleWeights.Named(other)])));
        Assert.Contains("2 tensors do not fit the model: 'linear_2.weight' has shape [7, 6], expected [5, 6]; 'linear_2.bias' has shape [7], expected [5].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantized_checkpoint_does_not_load_as_noise()
    {
        var tensors = ModuleWeights.Named(Projector(1)).Select(t => KeyValuePair.Create(t.Key, t.Value.to(ScalarType.Byte)));
        var error = Assert.Throws<MalformedInputException>(() => ModuleWeights.Load(Projector(2), Open([.. tensors])));
        Assert.Contains("'linear_1.weight' holds U8, expected F32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unexpected_and_tied_tensors_may_be_allowed()
    {
        var tensors = ModuleWeights.Named(Projector(1)).Append(KeyValuePair.Create("extra", ones(1)));
        ModuleWeights.Load(Projector(2), Open([.. tensors]), ignoreUnexpected: name => name == "extra");
        ModuleWeights.Load(Projector(2), Open([.. tensors]), tied: ["extra"]);

        var loaded = Projector(2);
        byte[] bias = SafetensorsBytes.Of(loaded.state_dict()["linear_2.bias"]);
        ModuleWeights.Load(loaded, Open([.. ModuleWeights.Named(Projector(1), tied: ["linear_2.bias"])]), tied: ["linear_2.bias"]);
        Assert.Equal(bias, SafetensorsBytes.Of(loaded.state_dict()["linear_2.bias"]));
    }

    private static MlpProjector Projector(ulong seed)
    {
        var projector = new MlpProjector(s_config);
        WeightInitializer.Initialize(projector, seed);
        return projector;
    }

    private Checkpoint Open(KeyValuePair<string, Tensor>[] tensors)
    {
        SafetensorsWriter.Write(_folder.File("model.safetensors"), tensors);
        _open.Add(Checkpoint.OpenFile(_folder.File("model.safetensors")));
        return _open[^1];
    }
}
