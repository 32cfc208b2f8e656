using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Draws the weights of a new model from a seed, without touching libtorch's global random state.</summary>
public static class WeightInitializer
{
    /// <summary>Xavier-uniform matrices, zero biases, unit norms, positions of deviation 1/√width.</summary>
    /// <param name="model">The model whose weights are overwritten.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    public static void Initialize(SiglipVisionModel model, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        double positionDeviation = 1 / Math.Sqrt(model.Config.HiddenSize);
        Fill(model, seed, (name, weight, generator) =>
        {
            if (name.EndsWith("position_embedding.weight", StringComparison.Ordinal) || name.EndsWith("probe", StringComparison.Ordinal))
                weight.normal_(0, positionDeviation, generator);
            else
                XavierUniform(weight, generator);
        });
    }

    /// <summary>Xavier-uniform matrices, zero biases.</summary>
    /// <inheritdoc cref="Initialize(SiglipVisionModel, ulong)"/>
    public static void Initialize(MlpProjector model, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        Fill(model, seed, (_, weight, generator) => XavierUniform(weight, generator));
    }

    /// <summary>Normal matrices of <see cref="Qwen2Config.InitializerRange"/>, zero biases, unit norms (as Hugging Face).</summary>
    /// <inheritdoc cref="Initialize(SiglipVisionModel, ulong)"/>
    public static void Initialize(Qwen2ForCausalLM model, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        Fill(model, seed, (_, weight, generator) => weight.normal_(0, model.Config.InitializerRange, generator));
    }

    private static void Fill(nn.Module model, ulong seed, Action<string, Tensor, Generator> drawMatrix)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        Generator? generator = null;
        try
        {
            foreach (var (name, parameter) in model.named_parameters())
            {
                generator ??= new Generator(seed, parameter.device);
                if (parameter.dim() > 1)
                    drawMatrix(name, parameter, generator);
                else if (name.EndsWith("weight", StringComparison.Ordinal))
                    parameter.fill_(1); // the scale of a norm
                else
                    parameter.zero_();
            }
        }
        finally
        {
            generator?.Dispose();
        }
    }

    private static void XavierUniform(Tensor weight, Generator generator)
    {
        long inputs = weight.numel() / weight.shape[0], outputs = weight.shape[0];
        double bound = Math.Sqrt(6.0 / (inputs + outputs));
        weight.uniform_(-bound, bound, generator);
    }
}
