using VlmMlNet.Tests.Models;
using VlmMlNet.Training;
using VlmMlNet.Training.Optimization;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

/// <summary>How AdamW's moments are kept.</summary>
public sealed class MomentTests
{
    private static readonly AdamWStep s_step = new(3, 0.9, 0.999, 1e-8, Keep: 0.99, Move: -0.01, Scale: Math.Sqrt(1 - Math.Pow(0.999, 3)), GradientFactor: 0.5);

    private static TorchSharp.Modules.Parameter Random(params long[] shape) => nn.Parameter(randn(shape, generator: new Generator(7)));

    [Fact]
    public void A_step_through_memory_is_libtorchs_step()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        TorchSharp.Modules.Parameter here = Random(37, 4099), there = nn.Parameter(here.detach().clone());
        using Moments fused = new FloatMoments(here), plain = new TorchMoments(there);
        for (int i = 0; i < 5; i++)
        {
            var gradient = randn(here.shape, generator: new Generator((ulong)i));
            fused.Step(here, gradient, s_step);
            plain.Step(there, gradient, s_step);
        }
        Assert.True((here - there).abs().max().item<float>() < 1e-6);
        Assert.All(fused.State.Zip(plain.State), pair => Assert.True((pair.First.Value - pair.Second.Value).abs().max().item<float>() < 1e-6));
    }

    [Theory]
    [InlineData(MomentPrecision.Float32)]
    [InlineData(MomentPrecision.BFloat16)]
    [InlineData(MomentPrecision.Int8)]
    public void A_step_does_not_depend_on_the_number_of_threads(MomentPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        int threads = get_num_threads();
        var results = new List<Tensor>();
        try
        {
            foreach (int count in new[] { 1, 2 })
            {
                set_num_threads(count);
                var parameter = Random(300, 1001);
                using var moments = Moments.For(parameter, precision);
                for (int i = 0; i < 3; i++)
                    moments.Step(parameter, randn(parameter.shape, generator: new Generator((ulong)i)), s_step);
                results.Add(cat([parameter.detach().flatten(), .. moments.State.Select(s => s.Value.to(ScalarType.Float32).flatten())]));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
        Assert.True(TensorAssert.BitEqual(results[0], results[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_8_bit_code_has_256_numbers_over_seven_decades_and_finds_the_nearest(bool isSigned)
    {
        var code = isSigned ? DynamicCode.Signed : DynamicCode.Unsigned;

        Assert.Equal(256, code.Values.Distinct().Count());
        Assert.Equal(code.Values.Order(), code.Values);
        Assert.Equal(0, code.Values[code.Zero]);
        Assert.Equal(1, code.Values[^1]);
        // The least decade has one number for each sign: 0.55e-6; without signs two.
        Assert.Equal(isSigned ? 0.55e-6f : 0.325e-6f, code.Values.Where(v => v > 0).Min(), 1e-12f);
        Assert.Equal(isSigned ? 64 : 128, code.Values.Count(v => v is > 0.1f and < 1));

        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            float value = (float)(Math.Pow(10, -8 * random.NextDouble()) * (isSigned && i % 2 == 0 ? -1 : 1));
            float distance = code.Values.Min(v => MathF.Abs(v - value));
            Assert.Equal(distance, MathF.Abs(code.Values[code.Nearest(value)] - value), distance * 1e-3f);
        }
        foreach (byte own in Enumerable.Range(0, 256).Select(c => (byte)c))
            Assert.Equal(own, code.Nearest(code.Values[own]));
        Assert.Equal(255, code.Nearest(float.PositiveInfinity));
        Assert.Equal(code.Zero, code.Nearest(float.NaN));
    }

    [Fact]
    public void Bfloat16_moments_follow_changes_that_are_smaller_than_a_step_of_the_format()
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var parameter = Random(64, 64);
        using var moments = new BFloat16Moments(parameter);
        moments.Step(parameter, ones(64, 64), s_step with { Number = 1, GradientFactor = 1 });
        for (int i = 2; i <= 1001; i++)
            moments.Step(parameter, zeros(64, 64), s_step with { Number = i });

        double second = moments.State.Single(s => s.Kind == "exp_avg_sq").Value.to(ScalarType.Float32).mean().item<float>();
        Assert.Equal(0.001 * Math.Pow(0.999, 1000), second, 0.02 * 0.001);
    }

    [Fact]
    public void Small_parameters_and_vectors_stay_in_float32_beside_bytes()
    {
        using var scope = NewDisposeScope();
        Assert.IsType<FloatMoments>(Moments.For(Random(5000), MomentPrecision.Int8));
        Assert.IsType<FloatMoments>(Moments.For(Random(63, 65), MomentPrecision.Int8));
        using var bytes = Moments.For(Random(64, 64), MomentPrecision.Int8);
        Assert.Equal(2 * 64 * 64 + 2 * 16 * 4, bytes.State.Sum(s => s.Value.numel() * s.Value.element_size()));
    }

    [Theory]
    [InlineData(MomentPrecision.BFloat16)]
    [InlineData(MomentPrecision.Int8)]
    public void Reduced_moments_end_within_2_percent_of_the_loss_of_full_ones(MomentPrecision precision)
    {
        double full = FinalLoss(MomentPrecision.Float32), reduced = FinalLoss(precision);
        Assert.True(Math.Abs(reduced - full) <= 0.02 * full, $"{reduced} against {full}");
    }

    // A network of two layers that learns another one, with noise: its loss stays above 0.
    private static double FinalLoss(MomentPrecision precision)
    {
        using var scope = NewDisposeScope();
        TorchSharp.Modules.Parameter first = nn.Parameter(randn([128, 32], generator: new Generator(1)) * 0.2), second = nn.Parameter(randn([32, 128], generator: new Generator(2)) * 0.1);
        Tensor teacher = randn([32, 32], generator: new Generator(3)), x = randn([4096, 32], generator: new Generator(4));
        var y = x.matmul(teacher).tanh() + 0.5 * randn([4096, 32], generator: new Generator(5));
        using var optimizer = new AdamW(0.9, 0.999, 1e-8, 0, precision);
        optimizer.AddGroup("", [("first", first), ("second", second)], 3e-3);
        double last = 0;
        for (int i = 0; i < 600; i++)
        {
            using var stepScope = NewDisposeScope();
            optimizer.ZeroGradients();
            var loss = (nn.functional.linear(nn.functional.linear(x, first).tanh(), second) - y).square().mean();
            loss.backward();
            optimizer.Step(1 - i / 600.0);
            last = loss.item<float>();
        }
        Assert.True(last is > 0.05 and < 0.5, $"{last}");
        return last;
    }
}
