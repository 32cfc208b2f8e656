using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Vision;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Generation;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Data;
using VlmMlNet.Tests.Files;
using VlmMlNet.Tests.Generation;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Cpu;

/// <summary>Packed files whose numbers were changed are refused, or give other answers; never do they lead outside of their memory.
/// VLM_FUZZ=N tries N files of each format instead of a hundred.</summary>
public sealed class DamagedWeightsTests : IDisposable
{
    private static readonly int[] s_prompt = [5, 9, 2, 7];
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "packed.safetensors");

    public void Dispose() => _folder.Dispose();

    private static Qwen2ForCausalLM Language()
    {
        var module = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = 77, HiddenSize = 48, IntermediateSize = 72, TieWordEmbeddings = false });
        WeightInitializer.Initialize(module, 1);
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        foreach (var weight in module.parameters().Where(p => p.dim() == 2)) // a weight in 200 is so small that it stands in the rest
            weight.mul_(where(rand(weight.shape, generator: new Generator(2)) < 0.005, tensor(1e-12f), tensor(1f)));
        return module;
    }

    [Fact]
    public void A_count_or_column_that_leads_outside_of_the_matrix_is_one_clear_error()
    {
        using var module = Language();
        var factory = PackedModel.Factory(module.Config, WeightPrecision.BFloat16);
        PackedFile.Write(File, ModelPacker.Pack(module, WeightPrecision.BFloat16));
        byte[] good = System.IO.File.ReadAllBytes(File);
        SafetensorsEntry rest;
        using (var file = SafetensorsFile.Open(File))
            rest = file.Tensors["model.layers.1.mlp.down_proj.weight_rest"];
        void Fails(string message, params (int At, ushort Value)[] changes)
        {
            byte[] bytes = [.. good];
            foreach (var (at, value) in changes)
                BitConverter.TryWriteBytes(bytes.AsSpan((int)rest.Offset + at), value);
            System.IO.File.WriteAllBytes(File, bytes);
            string text = Assert.Throws<MalformedInputException>(() => PackedFile.Map(File, factory)).Message;
            Assert.StartsWith($"{File}: tensor 'model.layers.1.mlp.down_proj.weight_rest' is damaged: {message}", text, StringComparison.Ordinal);
            Assert.EndsWith(PackedFile.Remedy, text, StringComparison.Ordinal);
            using var stream = new MemoryStream(bytes);
            Assert.StartsWith("a stream: tensor", Assert.Throws<MalformedInputException>(() => PackedFile.Read(stream, "a stream", factory)).Message, StringComparison.Ordinal);
        }
        const int Entries = 32;
        Fails("tile 0 says that it has", (4, 60_000));
        Fails("tile 0 says that it has", (0, ushort.MaxValue), (30, ushort.MaxValue));
        Fails("weight 0 of tile 0 is in column 72 of 72", (0, 1), (Entries, 72));
        Fails("weight 0 of tile 0 is in column 65535 of 72", (0, 1), (Entries, ushort.MaxValue));
        Fails("tile 2 says", (2 * CompactRows.RestBytes(128) + 30, 5000));
    }

    [Fact]
    public void Rows_that_a_tile_does_not_have_have_no_rest()
    {
        using var module = Language();
        PackedFile.Write(File, ModelPacker.Pack(module, WeightPrecision.BFloat16));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        using (var file = SafetensorsFile.Open(File)) // 77 rows: the last tile has 13
            BitConverter.TryWriteBytes(bytes.AsSpan((int)file.Tensors["lm_head.weight_rest"].Offset + 4 * CompactRows.RestBytes(128) + 2 * 14), (ushort)1);
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Contains("tile 4 has 1 weights for row 14, which it does not have",
            Assert.Throws<MalformedInputException>(() => PackedFile.Map(File, PackedModel.Factory(module.Config, WeightPrecision.BFloat16))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WeightPrecision.Float32)]
    [InlineData(WeightPrecision.BFloat16)]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    public void A_changed_language_model_is_refused_or_runs(WeightPrecision precision)
    {
        using var module = Language();
        PackedFile.Write(File, ModelPacker.Pack(module, precision));
        Change(PackedModel.Factory(module.Config, precision), model =>
        {
            using var decoder = new PackedDecoder(model);
            using var session = decoder.OpenSession(2, 16, 1);
            session.Append(0, s_prompt);
            session.Append(1, [session.MostLikely(0)]);
            session.Step([0, 1], [session.MostLikely(0), session.MostLikely(1)]);
            Assert.InRange(session.MostLikely(1), 0, 76);
        });
    }

    [Fact]
    public void A_changed_image_encoder_is_refused_or_runs()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var pixels = randn([1, 3, TinyModel.Vision.ImageSize, TinyModel.Vision.ImageSize]);
        PackedFile.Write(File, ModelPacker.Pack(PackedVision.Factory(TinyModel.Vision), model.Network.Vision));
        Change(PackedVision.Factory(TinyModel.Vision), weights =>
        {
            using var encoder = new PackedImageEncoder(weights);
            encoder.Encode(pixels).Dispose();
        });
    }

    [Fact]
    public void A_changed_projector_is_refused_or_runs()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var config = model.Network.Projector.Config;
        var patches = randn([1, 4, config.VisionHiddenSize]);
        PackedFile.Write(File, ModelPacker.Pack(PackedProjector.Factory(config), model.Network.Projector));
        Change(PackedProjector.Factory(config), weights =>
        {
            using var projector = new PackedProjection(weights);
            projector.Project(patches).Dispose();
        });
    }

    [Fact]
    public void A_file_that_was_cut_while_it_is_in_use_is_found_when_a_session_begins()
    {
        using var module = Language();
        PackedFile.Write(File, ModelPacker.Pack(module, WeightPrecision.Int8));
        using var decoder = new PackedDecoder(PackedFile.Map(File, PackedModel.Factory(module.Config, WeightPrecision.Int8)));
        decoder.OpenSession(1, 16).Dispose();
        using (var stream = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(stream.Length - 1);
        Assert.Equal($"{File}: it became shorter while it was open. Write a new file and rename it instead of overwriting one that is in use.",
            Assert.Throws<MalformedInputException>(() => decoder.OpenSession(1, 16)).Message);
    }

    [Fact]
    public void A_file_may_be_replaced_or_deleted_while_it_is_in_use()
    {
        using var module = Language();
        PackedFile.Write(File, ModelPacker.Pack(module, WeightPrecision.Int8));
        using var decoder = new PackedDecoder(PackedFile.Map(File, PackedModel.Factory(module.Config, WeightPrecision.Int8)));
        float[] Logits()
        {
            using var session = decoder.OpenSession(1, 16);
            session.Append(0, s_prompt);
            return session.Logits(0).ToArray();
        }
        float[] expected = Logits();
        PackedFile.Write(File, ModelPacker.Pack(module, WeightPrecision.Float32));
        Assert.Equal(expected, Logits());
        System.IO.File.Delete(File);
        Assert.Equal(expected, Logits());
    }

    [Fact]
    public void A_model_whose_numbers_are_none_says_so_however_its_tokens_are_chosen()
    {
        using var model = SharpModel.Create();
        using (no_grad())
            model.Network.Language.parameters().First().fill_((TorchSharp.Scalar)double.NaN);
        var basic = new GenerationOptions { MaxTokens = 4, MaxThreads = 1 };
        foreach (var options in new[] { basic, basic with { RepetitionPenalty = 1.2 }, basic with { Temperature = 1, Seed = 1 }, basic with { NumBeams = 2 } })
            Assert.Contains("its weights are damaged, or a training diverged",
                Assert.Throws<InvalidOperationException>(() => AnswerGenerator.Generate(model, SharpModel.Pictures(1), options: options)).Message, StringComparison.Ordinal);
    }

    // Bytes anywhere behind the header, most of them few, and numbers of 16 bits made large.
    private void Change<TWeights>(WeightsFactory<TWeights> factory, Action<TWeights> use) where TWeights : PackedWeights
    {
        byte[] good = System.IO.File.ReadAllBytes(File);
        int body = 8 + (int)BitConverter.ToInt64(good);
        int used = 0;
        for (int seed = 0; seed < Mutator.Count(100); seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. good];
            for (int change = random.Next(1, seed % 3 == 0 ? 200 : 4); change > 0; change--)
            {
                int at = random.Next(body, bytes.Length - 1);
                if (random.Next(2) == 0)
                    BitConverter.TryWriteBytes(bytes.AsSpan(at & ~1), (ushort)random.Next(ushort.MaxValue + 1));
                else
                    bytes[at] = (byte)random.Next(256);
            }
            System.IO.File.WriteAllBytes(File, bytes);
            try
            {
                if (seed % 2 == 0)
                {
                    use(PackedFile.Map(File, factory)); // disposes them
                }
                else
                {
                    using var stream = new MemoryStream(bytes);
                    use(PackedFile.Read(stream, File, factory));
                }
                used++;
            }
            catch (MalformedInputException e)
            {
                Assert.StartsWith(File, e.Message, StringComparison.Ordinal);
            }
        }
        Assert.True(used > 0);
    }
}
