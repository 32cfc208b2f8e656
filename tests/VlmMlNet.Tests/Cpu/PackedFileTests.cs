using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.Cpu;

public sealed class PackedFileTests
{
    private static readonly int[] s_prompt = [5, 9, 2, 7];

    private static float[] Logits(PackedModel model)
    {
        using var decoder = new PackedDecoder(model);
        using var session = decoder.OpenSession(1, 16);
        session.Append(0, s_prompt);
        return session.Logits(0).ToArray();
    }

    [Theory]
    [InlineData(WeightPrecision.Float32, true)]
    [InlineData(WeightPrecision.BFloat16, true)]
    [InlineData(WeightPrecision.Int8, true)]
    [InlineData(WeightPrecision.Int8, false)]
    [InlineData(WeightPrecision.Int4, false)]
    public void A_model_read_or_mapped_from_its_file_gives_the_same_logits(WeightPrecision precision, bool isTied)
    {
        using var folder = new TemporaryFolder();
        using var module = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = 77, HiddenSize = 24, IntermediateSize = 36, TieWordEmbeddings = isTied });
        WeightInitializer.Initialize(module, 1);
        string path = Path.Combine(folder.Path, "packed.safetensors");
        PackedFile.Write(path, ModelPacker.Pack(module, precision));
        float[] expected = Logits(ModelPacker.Pack(module, precision));

        Assert.Equal(expected, Logits(PackedFile.Map(path, PackedModel.Factory(module.Config, precision))));
        using var stream = File.OpenRead(path);
        Assert.Equal(expected, Logits(PackedFile.Read(stream, "a stream", PackedModel.Factory(module.Config, precision))));
    }

    [Fact]
    public void Packing_a_checkpoint_tensor_by_tensor_gives_what_packing_the_module_gives()
    {
        using var folder = new TemporaryFolder();
        using var module = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = 77, TieWordEmbeddings = false });
        WeightInitializer.Initialize(module, 2);
        HuggingFaceFolder.Save(module, folder.Path);
        using var checkpoint = Checkpoint.OpenFolder(folder.Path);
        foreach (var precision in Enum.GetValues<WeightPrecision>())
            Assert.Equal(Logits(ModelPacker.Pack(module, precision)), Logits(ModelPacker.Pack(PackedModel.Factory(module.Config, precision), checkpoint.Read)));
    }

    [Fact]
    public void A_file_of_another_shape_precision_or_origin_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        using var module = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = 77 });
        WeightInitializer.Initialize(module, 1);
        string path = Path.Combine(folder.Path, "packed.safetensors"), plain = Path.Combine(folder.Path, "plain.safetensors");
        PackedFile.Write(path, ModelPacker.Pack(module, WeightPrecision.Int8));
        ModuleWeights.Save(module, plain);
        void Fails(string message, Action action)
        {
            string text = Assert.Throws<MalformedInputException>(action).Message;
            Assert.Contains(message, text, StringComparison.Ordinal);
            Assert.Contains(folder.Path, text, StringComparison.Ordinal);
        }

        Fails("its precision is 'int8', expected 'int4'", () => PackedFile.Map(path, PackedModel.Factory(module.Config, WeightPrecision.Int4)));
        Fails("has shape", () => PackedFile.Map(path, PackedModel.Factory(module.Config with { IntermediateSize = 64 }, WeightPrecision.Int8)));
        Fails("'model.layers.2.self_attn.q_proj.weight' is missing", () => PackedFile.Map(path, PackedModel.Factory(module.Config with { NumHiddenLayers = 3 }, WeightPrecision.Int8)));
        Fails("its format is 'pt'", () => PackedFile.Map(plain, PackedModel.Factory(module.Config, WeightPrecision.Float32)));

        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^10]);
        Fails("bytes follow the header", () => PackedFile.Map(path, PackedModel.Factory(module.Config, WeightPrecision.Int8)));
        using var cut = new MemoryStream(bytes, 0, bytes.Length - 10);
        Assert.Contains("a stream: it ends inside tensor", Assert.Throws<MalformedInputException>(() => PackedFile.Read(cut, "a stream", PackedModel.Factory(module.Config, WeightPrecision.Int8))).Message, StringComparison.Ordinal);
    }
}
