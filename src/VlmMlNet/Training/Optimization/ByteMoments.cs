using TorchSharp.Modules;
using VlmMlNet.Tensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Optimization;

/// <summary>Moments in one byte a number: of each <see cref="Block"/> the greatest absolute value, and for each number the nearest
/// of the <see cref="DynamicCode"/> times that, or the one on its other side.</summary>
/// <remarks>Rounded to the nearest, as bitsandbytes does, a second moment stays where it is when it changes by less than half the way
/// to the next number, which is most often: it would be too small while it grows. So the two neighbours are taken by
/// chance, the nearer one more often, by a hash of step and place: a resumed run has the same bits.</remarks>
internal sealed unsafe class ByteMoments : Moments
{
    /// <summary>Numbers with one scale.</summary>
    public const int Block = 256;

    /// <summary>Smaller parameters stay in float32: they cost no memory, and some of them are sensitive.</summary>
    public const int SmallestMatrix = 4096;

    private readonly Tensor _first, _second, _firstScales, _secondScales;

    public ByteMoments(Parameter parameter)
    {
        long blocks = (parameter.numel() + Block - 1) / Block;
        _first = full(parameter.shape, DynamicCode.Signed.Zero, ScalarType.Byte).DetachFromDisposeScope();
        _second = full(parameter.shape, DynamicCode.Unsigned.Zero, ScalarType.Byte).DetachFromDisposeScope();
        _firstScales = zeros(blocks).DetachFromDisposeScope();
        _secondScales = zeros(blocks).DetachFromDisposeScope();
    }

    public override IEnumerable<(string Kind, Tensor Value)> State =>
        [("exp_avg", _first), ("exp_avg_sq", _second), ("exp_avg_scale", _firstScales), ("exp_avg_sq_scale", _secondScales)];

    public override void Step(Parameter parameter, Tensor gradient, in AdamWStep step)
    {
        using var host = new HostStep(parameter, gradient);
        var numbers = new FloatStep(step);
        uint number = (uint)step.Number;
        byte* first = TensorMemory.Pointer<byte>(_first), second = TensorMemory.Pointer<byte>(_second);
        float* weights = host.Weights, gradients = host.Gradient, firstScales = TensorMemory.Pointer<float>(_firstScales), secondScales = TensorMemory.Pointer<float>(_secondScales);
        ElementBlocks.Run(parameter.numel(), (start, end) =>
        {
            float* mean = stackalloc float[Block], square = stackalloc float[Block];
            for (long at = start; at < end; at += Block)
            {
                int count = (int)Math.Min(Block, end - at);
                long block = at / Block;
                Decode(first + at, firstScales[block], DynamicCode.Signed, mean, count);
                Decode(second + at, secondScales[block], DynamicCode.Unsigned, square, count);
                numbers.Change(weights + at, gradients + at, mean, square, count);
                firstScales[block] = Encode(mean, DynamicCode.Signed, first + at, count, number, at);
                secondScales[block] = Encode(square, DynamicCode.Unsigned, second + at, count, ~number, at);
            }
        });
        host.Return();
    }

    private static void Decode(byte* codes, float scale, DynamicCode code, float* values, int count)
    {
        for (int i = 0; i < count; i++)
            values[i] = code.Values[codes[i]] * scale;
    }

    private static float Encode(float* values, DynamicCode code, byte* codes, int count, uint step, long place)
    {
        float scale = 0;
        for (int i = 0; i < count; i++)
            scale = MathF.Max(scale, MathF.Abs(values[i]));
        float perScale = scale > 0 ? 1 / scale : 0;
        for (int i = 0; i < count; i++)
        {
            float value = float.IsFinite(perScale) ? values[i] * perScale : values[i] / scale;
            byte rounded = code.Either(value, Chance.Of(step, place + i));
            // A root of 0 under a first moment that is not would make a step of any length.
            codes[i] = rounded == DynamicCode.Unsigned.Zero && code == DynamicCode.Unsigned && value > 0 ? (byte)(rounded + 1) : rounded;
        }
        return scale;
    }
}
