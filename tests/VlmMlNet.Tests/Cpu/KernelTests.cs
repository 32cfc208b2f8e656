using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Tests.Cpu;

public sealed unsafe class KernelTests
{
    public static TheoryData<int, int> Shapes => new() { { 16, 64 }, { 5, 8 }, { 33, 40 }, { 48, 160 }, { 70, 136 } };

    private static float[][] Inputs(int tokens, int columns) =>
        [.. Enumerable.Range(0, tokens).Select(t => new Random(100 + t)).Select(r => Enumerable.Range(0, columns).Select(_ => (r.NextSingle() - 0.5f) * 6).ToArray())];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Int8_products_equal_plain_integer_arithmetic_exactly(int rows, int columns)
    {
        using var matrix = new TestMatrix(WeightFormat.Int8, rows, columns, 1);
        foreach (int tokens in new[] { 1, 2, 3, 8, 15 })
        {
            var inputs = Inputs(tokens, columns);
            foreach (var kernels in KernelSet.Supported)
            {
                float[] y = matrix.Multiply(kernels, inputs);
                for (int t = 0; t < tokens; t++)
                    for (int r = 0; r < rows; r++)
                        Assert.Equal(Int8Product(matrix, r, inputs[t]), y[t * matrix.Weights.Tiles * 16 + r]);
            }
        }
    }

    private static float Int8Product(TestMatrix matrix, int row, float[] x)
    {
        float[] w = matrix.Row(row);
        float rowScale = Enumerable.Range(0, x.Length).Max(k => Math.Abs(matrix.Values[row * x.Length + k])) / 127, total = 0;
        foreach (float[] group in x.Chunk(64))
        {
            float magnitude = group.Max(Math.Abs);
            int sum = 0;
            for (int i = 0; i < group.Length; i++)
                sum += (int)MathF.Round(group[i] * (127 / magnitude)) * (int)MathF.Round(w[i] / rowScale);
            w = w[group.Length..];
            total = MathF.FusedMultiplyAdd(sum, magnitude / 127, total);
        }
        return total * rowScale;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Int4_products_equal_plain_integer_arithmetic_exactly(int rows, int columns)
    {
        using var matrix = new TestMatrix(WeightFormat.Int4, rows, columns, 2);
        foreach (int tokens in new[] { 1, 2, 3, 8, 15 })
        {
            var inputs = Inputs(tokens, columns);
            foreach (var kernels in KernelSet.Supported)
            {
                float[] y = matrix.Multiply(kernels, inputs);
                for (int t = 0; t < tokens; t++)
                    for (int r = 0; r < rows; r++)
                        Assert.Equal(Int4Product(matrix, r, inputs[t]), y[t * matrix.Weights.Tiles * 16 + r]);
            }
        }
    }

    private static float Int4Product(TestMatrix matrix, int row, float[] x)
    {
        float[] w = matrix.Row(row);
        byte* tile = matrix.Weights.Data + row / 16 * matrix.Weights.TileBytes;
        float total = 0;
        for (int g = 0; g * 32 < x.Length; g++)
        {
            float rowScale = Int4Group.Scale(Int4Group.Scales(tile, g)[row % 16]) * matrix.Weights.Scales[row];
            var group = x.Skip(g * 32).Take(32).ToArray();
            float magnitude = group.Max(Math.Abs);
            int sum = 0;
            for (int i = 0; i < group.Length; i++)
                sum += (int)MathF.Round(group[i] * (127 / magnitude)) * (int)MathF.Round(w[g * 32 + i] / rowScale);
            total = MathF.FusedMultiplyAdd(sum, rowScale * (magnitude / 127), total);
        }
        return total;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_width_gives_the_same_bits_and_tokens_together_those_of_each_alone(int format)
    {
        foreach (var (rows, columns) in new[] { (16, 64), (5, 8), (50, 200), (19, 5000) })
        {
            using var matrix = new TestMatrix((WeightFormat)format, rows, columns, 3);
            var inputs = Inputs(13, columns);
            int stride = matrix.Weights.Tiles * 16;
            float[] expected = [.. inputs.SelectMany(x => matrix.Multiply(new KernelSet<LanesScalar>(), [x]))];
            foreach (var kernels in KernelSet.Supported)
            {
                for (int tokens = 1; tokens <= inputs.Length; tokens++)
                    Assert.Equal(expected[..(tokens * stride)], matrix.Multiply(kernels, inputs[..tokens], tilesAtATime: 1 + tokens % 3));
                Assert.All(Enumerable.Range(rows, stride - rows), r => Assert.Equal(0, matrix.Multiply(kernels, inputs[..1])[r]));
            }
        }
    }

    [Theory]
    [InlineData(0, 1e-6)]
    [InlineData(1, 5e-3)]
    [InlineData(2, 8e-3)]
    [InlineData(3, 0.08)]
    [InlineData(4, 5e-3)]
    public void Products_are_near_those_of_the_weights_before_rounding(int format, double tolerance)
    {
        using var matrix = new TestMatrix((WeightFormat)format, 32, 256, 4);
        float[] x = Inputs(1, 256)[0], y = matrix.Multiply(KernelSet.Best, [x]);
        double error = 0, size = 0;
        for (int r = 0; r < 32; r++)
        {
            double exact = Enumerable.Range(0, 256).Sum(k => (double)x[k] * matrix.Values[r * 256 + k]);
            (error, size) = (error + Math.Pow(y[r] - exact, 2), size + exact * exact);
        }
        Assert.InRange(Math.Sqrt(error / size), 0, tolerance);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_width_packs_the_same_bytes(int format)
    {
        using var expected = new TestMatrix((WeightFormat)format, 37, 100, 6);
        using var values = TorchSharp.torch.tensor(expected.Values, [37, 100]);
        foreach (var packer in new MatrixPacker.TilePacker[] { TilePacker<Lanes256>.Pack, TilePacker<LanesScalar>.Pack })
        {
            if (packer == TilePacker<Lanes256>.Pack && !Lanes256.IsSupported)
                continue;
            using var data = new NativeBuffer(WeightMatrix.BytesOf((WeightFormat)format, 37, 100));
            using var scales = new NativeBuffer(3 * 16 * sizeof(float));
            using var rest = new NativeBuffer(3 * CompactRows.RestBytes(128));
            MatrixPacker.Pack(values, new WeightMatrix((WeightFormat)format, 37, 100, data.Data, (float*)scales.Data, rest.Data), packer);
            Assert.True(new ReadOnlySpan<byte>(expected.Weights.Data, (int)data.Length).SequenceEqual(new ReadOnlySpan<byte>(data.Data, (int)data.Length)));
            Assert.True(new ReadOnlySpan<float>(expected.Weights.Scales, 37).SequenceEqual(new ReadOnlySpan<float>((float*)scales.Data, 37)));
        }
    }

    [Fact]
    public void Exponentials_are_within_two_units_in_the_last_place()
    {
        using var gate = new NativeBuffer(64);
        using var up = new NativeBuffer(64);
        for (float x = -80; x < 80; x += 0.37f)
        {
            // silu(x) * 1 = x / (1 + exp(-x))
            (*(float*)gate.Data, *(float*)up.Data) = (x, 1);
            KernelSet.Best.Gate((float*)gate.Data, (float*)up.Data, 16);
            double exact = x / (1 + Math.Exp(-(double)x));
            Assert.InRange(*(float*)gate.Data, exact - Math.Abs(exact) * 4e-7, exact + Math.Abs(exact) * 4e-7);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Norms_gates_and_attention_give_the_same_bits_in_every_width(int keysAndValues)
    {
        var format = (WeightFormat)keysAndValues;
        const int Width = 48, Size = 24, Tokens = 37;
        var random = new Random(5);
        // The lower half of each is a number too, of bfloat16.
        float[] numbers = [.. Enumerable.Range(0, 32 * 48 * 4).Select(_ => (Upper: random.NextSingle() * 4 - 2, Lower: random.NextSingle() * 4 - 2))
            .Select(n => BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(n.Upper) & ~0xFFFF) | TestMatrix.ToBFloat16(n.Lower)))];
        float[]? expected = null;
        foreach (var kernels in KernelSet.Supported)
        {
            var y = new float[4 * Width];
            var scratch = new float[1024];
            fixed (float* x = numbers, result = y, space = scratch)
            {
                kernels.Normalize(x, x + Width, Width - 8, 1e-6f, result);
                new ReadOnlySpan<float>(x, Width).CopyTo(y.AsSpan(Width));
                kernels.Gate(result + Width, x + 2 * Width, Width);
                kernels.AddTo(result + 2 * Width, x + 7, Width);
                kernels.Attend(x, 2, Size, format, x, x + 48 * 32, Tokens, space, result + 3 * Width);
            }
            // Heads together give what each gives alone.
            for (int heads = 1; heads <= KernelSet.HeadsAtOnce; heads++)
            {
                var together = new float[heads * Size];
                var alone = new float[heads * Size];
                fixed (float* x = numbers, t = together, a = alone, space = scratch)
                {
                    kernels.Attend(x, heads, Size, format, x, x + 48 * 32, Tokens, space, t);
                    for (int head = 0; head < heads; head++)
                        kernels.Attend(x + head * Size, 1, Size, format, x, x + 48 * 32, Tokens, space, a + head * Size);
                }
                Assert.Equal(alone, together);
            }
            expected ??= y;
            Assert.Equal(expected, y);
        }
    }
}
