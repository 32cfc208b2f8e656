using VlmMlNet.Cpu.Weights;
using VlmMlNet.Cpu.Weights.Layouts;

namespace VlmMlNet.Cpu.Kernels;

/// <summary>The inputs of a linear layer for several tokens, in the form that the kernel of its weights multiplies.</summary>
/// <remarks>
/// Floats lie token by token. Integers lie in blocks of as many tokens as one pass over the weights serves, and in a block by
/// columns: of every four columns the bytes of each token in turn; or, where kernels multiply shorts, the first and third column
/// of each token as shorts, then the second and fourth. A block of b tokens that begins at token t is found at t times the
/// bytes of a token.
/// </remarks>
internal sealed unsafe class Activations : IDisposable
{
    private NativeBuffer? _data, _scales, _corrections;
    private readonly IReadOnlyList<int> _blockSizes;

    /// <param name="kernels">What they are for.</param>
    public Activations(KernelSet kernels) => (_blockSizes, HasBytes) = (kernels.BlockSizes, kernels.HasByteProducts);

    /// <summary>Whether <see cref="WeightFormat.Int8"/> lies in bytes, not in shorts.</summary>
    public bool HasBytes { get; }

    /// <summary>How the matrices lie that it is multiplied with.</summary>
    public WeightLayout Layout { get; private set; } = WeightLayout.Of(WeightFormat.Float32);

    public WeightFormat Format => Layout.Format;

    public int Tokens { get; private set; }

    public int Columns { get; private set; }

    public int PaddedColumns { get; private set; }

    public byte* Data { get; private set; }

    /// <summary>Of integers: [group][token of the block] in each block.</summary>
    public float* Scales { get; private set; }

    /// <summary>What a group's sum of products begins with, beside its scale: the weights are stored plus an offset, so it is minus
    /// that times the sum of the group.</summary>
    public int* Corrections { get; private set; }

    public int Groups => PaddedColumns / Layout.InputGroup;

    /// <summary>Bytes of a token.</summary>
    public int TokenBytes => PaddedColumns * Layout.InputBytes(HasBytes);

    /// <summary>Makes room; what it held is gone.</summary>
    public void Prepare(WeightFormat format, int tokens, int columns)
    {
        Layout = WeightLayout.Of(format);
        (Tokens, Columns, PaddedColumns) = (tokens, columns, Layout.Pad(columns));
        Data = Grow(ref _data, (long)tokens * TokenBytes);
        Scales = (float*)Grow(ref _scales, (long)tokens * Groups * sizeof(float));
        Corrections = (int*)Grow(ref _corrections, (long)tokens * Groups * sizeof(int));
    }

    /// <summary>Tokens of the block that begins at a token where one begins.</summary>
    public int BlockAt(int token)
    {
        int left = Tokens - token, i = 0;
        while (_blockSizes[i] > left)
            i++;
        return _blockSizes[i];
    }

    /// <summary>The block that a token lies in.</summary>
    public (int First, int Size) BlockOf(int token)
    {
        int first = token / _blockSizes[0] * _blockSizes[0];
        int size = BlockAt(first);
        while (token >= first + size)
        {
            first += size;
            size = BlockAt(first);
        }
        return (first, size);
    }

    public void Dispose()
    {
        _data?.Dispose();
        _scales?.Dispose();
        _corrections?.Dispose();
    }

    private static byte* Grow(ref NativeBuffer? buffer, long length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer?.Dispose();
            buffer = new NativeBuffer(length);
        }
        return buffer.Data;
    }
}
