using TorchSharp.Modules;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Moments in bfloat16.</summary>
/// <remarks>With a decay of 0.999 the second moment moves by less than half a step of bfloat16, and rounding to the nearest would
/// hold it where it is for ever. It is rounded up with the probability of what lies above, by a hash of step and place, so that a
/// resumed run has the same bits.</remarks>
internal sealed unsafe class BFloat16Moments(Parameter parameter) : Moments
{
    private const int Piece = 1024;
    private readonly Tensor _first = zeros(parameter.shape, ScalarType.BFloat16).DetachFromDisposeScope(), _second = zeros(parameter.shape, ScalarType.BFloat16).DetachFromDisposeScope();

    public override IEnumerable<(string Kind, Tensor Value)> State => [("exp_avg", _first), ("exp_avg_sq", _second)];

    public override void Step(Parameter parameter, Tensor gradient, in AdamWStep step)
    {
        using var host = new HostStep(parameter, gradient);
        var numbers = new FloatStep(step);
        uint number = (uint)step.Number;
        ushort* first = TensorMemory.Pointer<ushort>(_first), second = TensorMemory.Pointer<ushort>(_second);
        float* weights = host.Weights, gradients = host.Gradient;
        ElementBlocks.Run(parameter.numel(), (start, end) =>
        {
            float* mean = stackalloc float[Piece], square = stackalloc float[Piece];
            for (long at = start; at < end; at += Piece)
            {
                int count = (int)Math.Min(Piece, end - at);
                for (int i = 0; i < count; i++)
                    (mean[i], square[i]) = (BFloat16.Widen(first[at + i]), BFloat16.Widen(second[at + i]));
                numbers.Change(weights + at, gradients + at, mean, square, count);
                for (int i = 0; i < count; i++)
                {
                    uint chance = Chance.Bits(number, at + i);
                    (first[at + i], second[at + i]) = (Round(mean[i], chance & 0xFFFF), Round(square[i], chance >> 16));
                }
            }
        });
        host.Return();
    }

    private static ushort Round(float value, uint chance) => float.IsFinite(value) ? (ushort)((BitConverter.SingleToUInt32Bits(value) + chance) >> 16) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
}
