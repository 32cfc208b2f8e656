using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Cpu;

public sealed unsafe class CompactRowsTests
{
    private static readonly int[] s_prompt = [5, 9, 2, 7];

    // The floats of a matrix, packed; null where the format cannot hold them.
    private static TestMatrix? Packed(float[,] values)
    {
        var matrix = new TestMatrix(WeightFormat.CompactBFloat16, values.GetLength(0), values.GetLength(1), [.. values.Cast<float>()], out bool isHeld);
        if (isHeld)
            return matrix;
        matrix.Dispose();
        return null;
    }

    [Fact]
    public void Numbers_of_every_size_are_kept_to_the_last_bit()
    {
        const int Columns = 400;
        float[] sizes = [0, float.NegativeZero, 1, -1, 1e-3f, -1e-3f, 3e-5f, 1e-7f, -1e-20f, 1e-38f, 1e-40f, -float.Epsilon, 2, -1.9921875f];
        var random = new Random(1);
        var values = new float[21, Columns];
        for (int row = 0; row < values.GetLength(0); row++)
            for (int k = 0; k < Columns; k++)
                values[row, k] = (random.NextSingle() - 0.5f) * MathF.ScaleB(1, row * 8 - 80);
        for (int i = 0; i < sizes.Length; i++)
            values[10, 29 * i] = sizes[i] * values[10, 1];
        for (int k = 0; k < Columns; k++)
            values[3, k] = 0;
        values[4, 399] = 1e-40f; // the smallest floats alone in a row

        using var matrix = Packed(values)!;
        using var rounded = tensor(values).to(ScalarType.BFloat16).to(ScalarType.Float32);
        float[] expected = rounded.data<float>().ToArray();
        for (int row = 0; row < values.GetLength(0); row++)
            Assert.Equal(expected[(row * Columns)..((row + 1) * Columns)].Select(BitConverter.SingleToInt32Bits), matrix.Row(row).Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(16, 128)]
    [InlineData(21, 896)]
    [InlineData(5, 40)]
    public void Products_are_those_of_plain_bfloat16_to_the_last_bit(int rows, int columns)
    {
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() + 0.01f)]; // of like size: the rest is empty
        using var plain = new TestMatrix(WeightFormat.BFloat16, rows, columns, values, out _);
        using var compact = new TestMatrix(WeightFormat.CompactBFloat16, rows, columns, values, out bool isHeld);
        Assert.True(isHeld);
        foreach (int tokens in new[] { 1, 2, 7 })
        {
            float[][] inputs = [.. Enumerable.Range(0, tokens).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f).ToArray())];
            foreach (var kernels in KernelSet.Supported)
                Assert.Equal(plain.Multiply(kernels, inputs), compact.Multiply(kernels, inputs));
        }
    }

    [Fact]
    public void Weights_that_are_too_small_beside_others_count_in_products()
    {
        const int Columns = 1024;
        var values = new float[16, Columns];
        for (int row = 0; row < 16; row++)
            (values[row, 0], values[row, 5 * row + 1], values[row, 700]) = (1, 1e-6f * (row + 1), -1e-9f);
        using var matrix = Packed(values)!;
        float[] x = [.. Enumerable.Range(0, Columns).Select(k => k == 0 ? 0 : k == 700 ? 1e9f : 1e6f)];
        foreach (var kernels in KernelSet.Supported)
        {
            float[] y = matrix.Multiply(kernels, [x, x, x]), alone = matrix.Multiply(kernels, [x]);
            for (int row = 0; row < 16; row++)
            {
                Assert.Equal(row, y[row], 0.02f * (row + 1)); // row + 1, less 1 of the last weight
                Assert.Equal(alone[row], y[32 + row]);
            }
        }
    }

    [Fact]
    public void Rows_of_many_sizes_or_of_numbers_without_size_are_refused()
    {
        var values = new float[16, 256];
        for (int row = 0; row < 16; row++)
            for (int k = 0; k < 256; k++)
                values[row, k] = k % 2 == 0 ? 1 : 1e-9f;
        Assert.Null(Packed(values));

        foreach (float number in new[] { float.PositiveInfinity, float.NaN, float.MaxValue })
        {
            var strange = new float[1, 16];
            strange[0, 7] = number;
            Assert.Null(Packed(strange));
        }
    }

    private static float[] Logits(PackedModel model)
    {
        using var decoder = new PackedDecoder(model);
        using var session = decoder.OpenSession(1, 16);
        session.Append(0, s_prompt);
        return session.Logits(0).ToArray();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_gives_the_logits_of_the_module_whose_weights_it_holds_compact_or_not(bool isWide)
    {
        using var folder = new TemporaryFolder();
        using var module = new Qwen2ForCausalLM(TinyModel.Language with { VocabSize = 77, HiddenSize = 24, IntermediateSize = 36 }, ScalarType.BFloat16);
        WeightInitializer.Initialize(module, 1);
        if (isWide) // one matrix that the format cannot hold
            using (no_grad())
            using (var even = module.model.layers[1].mlp.up_proj.weight.slice(1, 0, 36, 2))
                even.mul_(1e-12f);
        float[] expected = Logits(ModelPacker.Pack(module, WeightPrecision.BFloat16, isShared: true));

        var packed = ModelPacker.Pack(module, WeightPrecision.BFloat16);
        Assert.Equal(isWide ? WeightFormat.BFloat16 : WeightFormat.CompactBFloat16, packed.Head.Format);
        string path = Path.Combine(folder.Path, "packed.safetensors");
        PackedFile.Write(path, packed);
        foreach (var model in new[] { packed, PackedFile.Map(path, PackedModel.Factory(module.Config, WeightPrecision.BFloat16)) })
        {
            float[] logits = Logits(model);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], logits[i], 1e-6f);
        }
    }
}
