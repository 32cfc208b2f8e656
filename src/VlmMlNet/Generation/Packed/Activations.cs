namespace VlmMlNet.Generation.Packed;

/// <summary>The inputs of a linear layer for several tokens, in the form that the kernel of its weights multiplies.</summary>
/// <remarks>
/// Floats lie token by token. Integers lie in blocks of as many tokens as one pass over the weights serves, and in a block by
/// columns: 4 bytes (two shorts, or four bytes) of each token in turn. A block of b tokens that begins at token t is found at
/// t times the bytes of a token.
/// </remarks>
internal sealed unsafe class Activations : IDisposable
{
    private NativeBuffer? _data, _scales, _corrections;
    private readonly int _tokensPerBlock;

    /// <param name="tokensPerBlock">A power of two.</param>
    public Activations(int tokensPerBlock) => _tokensPerBlock = tokensPerBlock;

    public WeightFormat Format { get; private set; }

    public int Tokens { get; private set; }

    public int Columns { get; private set; }

    public int PaddedColumns { get; private set; }

    public byte* Data { get; private set; }

    /// <summary>[tokens] of <see cref="WeightFormat.Int8"/>; of <see cref="WeightFormat.Int4"/> [group][token of the block] in each block.</summary>
    public float* Scales { get; private set; }

    /// <summary>8 times the sum of each group, beside its scale: the weights are stored plus 8.</summary>
    public int* Corrections { get; private set; }

    public int Groups => PaddedColumns / WeightMatrix.Int4Group;

    /// <summary>Bytes of a token.</summary>
    public int TokenBytes => PaddedColumns * Format switch { WeightFormat.Int4 => 1, WeightFormat.Int8 => 2, _ => 4 };

    /// <summary>The largest magnitude of a quantised activation: as many bits as keep a row's sum of products within 32.</summary>
    public static int Range(WeightFormat format, int paddedColumns) =>
        format == WeightFormat.Int4 ? 127 : Math.Min(short.MaxValue, int.MaxValue / (127 * paddedColumns));

    /// <summary>Makes room; what it held is gone.</summary>
    public void Prepare(WeightFormat format, int tokens, int columns)
    {
        (Format, Tokens, Columns, PaddedColumns) = (format, tokens, columns, WeightMatrix.Pad(format, columns));
        Data = Grow(ref _data, (long)tokens * TokenBytes);
        Scales = (float*)Grow(ref _scales, (long)tokens * (Groups + 1) * sizeof(float));
        Corrections = (int*)Grow(ref _corrections, (long)tokens * (Groups + 1) * sizeof(int));
    }

    /// <summary>Tokens of the block that begins at a token where one begins.</summary>
    public int BlockAt(int token)
    {
        int left = Tokens - token, size = _tokensPerBlock;
        while (size > left)
            size /= 2;
        return size;
    }

    /// <summary>The block that a token lies in.</summary>
    public (int First, int Size) BlockOf(int token)
    {
        int first = token / _tokensPerBlock * _tokensPerBlock;
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
