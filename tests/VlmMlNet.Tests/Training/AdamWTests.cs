using VlmMlNet.Training;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Weight_decay_is_for_matrices_alone()
    {
        using var scope = NewDisposeScope();
        using TorchSharp.Modules.Parameter matrix = nn.Parameter(full(2, 3, 2f)), bias = nn.Parameter(full(3, 2f));
        using var optimizer = new AdamW(0.9, 0.999, 1e-8, weightDecay: 0.5);
        optimizer.AddGroup("", [("matrix", matrix), ("bias", bias)], peakRate: 0.1);
        // Without a gradient nothing else moves them.
        (matrix.grad, bias.grad) = (zeros_like(matrix), zeros_like(bias));
        optimizer.Step(rateFactor: 0.5);
        Assert.All(matrix.data<float>(), value => Assert.Equal(2 * (1 - 0.1 * 0.5 * 0.5), value, 1e-6));
        Assert.All(bias.data<float>(), value => Assert.Equal(2f, value));
    }

    [Fact]
    public void Steps_are_those_of_the_published_algorithm()
    {
        const double Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3, Decay = 0.3, Rate = 0.05;
        double[] expected = [1, -2, 0.5, 3], first = new double[4], second = new double[4];
        using var scope = NewDisposeScope();
        using TorchSharp.Modules.Parameter weight = nn.Parameter(tensor(expected.Select(v => (float)v).ToArray()).reshape(2, 2));
        using var optimizer = new AdamW(Beta1, Beta2, Epsilon, Decay);
        optimizer.AddGroup("", [("weight", weight)], Rate);
        for (int step = 1; step <= 6; step++)
        {
            double factor = 1.0 / step;
            float[] gradient = [0.3f * step, -0.01f, MathF.Sin(step), step % 2 == 0 ? 2 : -1];
            weight.grad = tensor(gradient).reshape(2, 2);
            optimizer.Step(factor);
            for (int i = 0; i < 4; i++)
            {
                expected[i] -= Rate * factor * Decay * expected[i];
                first[i] = Beta1 * first[i] + (1 - Beta1) * gradient[i];
                second[i] = Beta2 * second[i] + (1 - Beta2) * gradient[i] * gradient[i];
                double mean = first[i] / (1 - Math.Pow(Beta1, step)), square = second[i] / (1 - Math.Pow(Beta2, step));
                expected[i] -= Rate * factor * mean / (Math.Sqrt(square) + Epsilon);
            }
            Assert.All(weight.data<float>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        }
    }
}
