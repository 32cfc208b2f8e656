using static TorchSharp.torch;

namespace VlmMlNet.Models.Lora;

/// <summary>The adapter of one linear layer: the layer's weights become W + scaling B A.</summary>
/// <param name="Layer">The layer's name in its module.</param>
/// <param name="Rank">Rows of A, columns of B.</param>
/// <param name="Scaling">Alpha by rank, or by the rank's root.</param>
/// <param name="A">[rank, inputs], row by row.</param>
/// <param name="B">[outputs, rank], row by row.</param>
internal sealed record LoraMatrices(string Layer, int Rank, double Scaling, float[] A, float[] B)
{
    public int Inputs => A.Length / Rank;

    public int Outputs => B.Length / Rank;

    /// <summary>A as a tensor of the caller's.</summary>
    public Tensor TensorA(Device? device = null) => tensor(A, [Rank, Inputs], device: device);

    /// <summary>B as a tensor of the caller's.</summary>
    public Tensor TensorB(Device? device = null) => tensor(B, [Outputs, Rank], device: device);

    /// <summary>A layer's weights with the adapter added: summed in float32, and rounded once to the weights' type.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    public Tensor Merge(Tensor weight)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using TorchSharp.Scalar scaling = Scaling;
        var added = TensorB(weight.device).matmul(TensorA(weight.device)).mul_(scaling);
        return added.add_(weight.to(ScalarType.Float32), Layers.LiveScalar.One).to(weight.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>One adapter that adds what two add: their matrices side by side, so that the ranks add up.</summary>
    public LoraMatrices And(LoraMatrices other)
    {
        int rank = Rank + other.Rank, outputs = Outputs;
        var b = new float[outputs * rank];
        float factor = (float)(other.Scaling / Scaling);
        for (int row = 0; row < outputs; row++)
        {
            B.AsSpan(row * Rank, Rank).CopyTo(b.AsSpan(row * rank));
            for (int i = 0; i < other.Rank; i++)
                b[row * rank + Rank + i] = factor * other.B[row * other.Rank + i];
        }
        return new LoraMatrices(Layer, rank, Scaling, [.. A, .. other.A], b);
    }
}
